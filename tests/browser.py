#!/usr/bin/env python3
"""Tries the kernel in JupyterLab with a browser: tests/browser.py [PATH OF zilde].

Makes an environment of its own with JupyterLab and Playwright, from the package registry, and takes Chromium from the
system; where one of them is missing, says so and tries nothing (exit code 77). With --installed it takes the Python that
runs it as it is. With --draw it writes docs/pictures/notebook.png.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NOT_TRIED = 77
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)


def not_tried(why):
    print(f"{why}: nothing was tried", file=sys.stderr)
    sys.exit(NOT_TRIED)


def in_own_environment():
    """Runs this script again in a new environment."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = os.path.join(folder, "bin", "python")
        installed = subprocess.run([python, "-m", "pip", "install", "--quiet", "jupyterlab", "playwright"])
        if installed.returncode != 0:
            not_tried("the package registry cannot be reached")
        sys.exit(subprocess.run([python, os.path.abspath(__file__), "--installed", *sys.argv[1:]]).returncode)


words = sys.argv[1:]
if CHROMIUM is None:
    not_tried("there is no Chromium")
if "--installed" not in words:
    in_own_environment()
try:
    from playwright.sync_api import expect, sync_playwright
except ImportError as missing:
    not_tried(missing)

paths = [word for word in words if not word.startswith("--")]
ZILDE = os.path.abspath(paths[0] if paths else os.path.join(ROOT, "target", "debug", "zilde"))
NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A notebook"}],
    "metadata": {"kernelspec": {"display_name": "APL (zilde)", "language": "apl", "name": "zilde"},
                 "language_info": {"name": "apl"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Page:
    """A notebook in the browser."""

    def __init__(self, page):
        self.page = page

    def cell(self, code, run="Control+Enter"):
        """A new cell below, in which the text is typed key by key."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.type(code, delay=20)
        if run:
            self.page.keyboard.press(run)
        return self.page.locator(".jp-CodeCell").last

    def shows(self, cell, part, text=None):
        found = cell.locator(part)
        if text is None:
            expect(found.first).to_be_visible(timeout=60000)
        else:
            expect(found.first).to_contain_text(text, timeout=60000)


def tried(page):
    notebook = Page(page)
    # The keys belong to cells of this kernel, which has to be there first.
    notebook.shows(notebook.cell("1+1"), ".jp-OutputArea-output", "2")
    keys = notebook.cell("x`[2 3`r`i6 `` x")
    notebook.shows(keys, ".cm-content", "x←2 3⍴⍳6 ⋄ x")
    notebook.shows(keys, ".jp-OutputArea-output table td >> nth=5", "6")
    nested = notebook.cell("'one' (2 2`r`i4) (1 2 3)")
    notebook.shows(nested, ".jp-OutputArea-output table table td", "1")
    picture = notebook.cell(']plot -title="A wave" -size=480x240 1`o(`i100)`=16')
    notebook.shows(picture, ".jp-OutputArea-output img")
    wrong = notebook.cell("1 2+x")
    notebook.shows(wrong, ".jp-OutputArea-output", "RANK ERROR")
    notebook.shows(wrong, ".jp-OutputArea-output >> nth=1", "in cell 5, line 1")
    if "--draw" in words:
        page.locator(".jp-Notebook").screenshot(path=os.path.join(ROOT, "docs", "pictures", "notebook.png"))
    named = notebook.cell("1+rho", run=None)
    page.keyboard.press("Tab")
    expect(page.locator(".jp-Completer-item").first).to_contain_text("⍴", timeout=60000)
    page.keyboard.press("Enter")
    notebook.shows(named, ".cm-content", "1+⍴")
    page.keyboard.type("x")
    page.keyboard.press("Control+Enter")
    notebook.shows(named, ".jp-OutputArea-output", "3 4")
    pages = notebook.cell("2 3`r", run=None)
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".jp-Tooltip").first).to_contain_text("Shape", timeout=60000)
    page.keyboard.press("Escape")
    notebook.shows(pages, ".cm-content", "2 3⍴")
    endless = notebook.cell("n`[0 `` {n+`[1 `` `g`w}0")
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=busy]").first).to_be_attached(timeout=60000)
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    page.keyboard.press("i")
    notebook.shows(endless, ".jp-OutputArea-output", "INTERRUPT")
    kept = notebook.cell("n>0")
    notebook.shows(kept, ".jp-OutputArea-output", "1")
    asked = notebook.cell("name`[`{")
    expect(page.locator(".jp-Stdin-input").first).to_be_visible(timeout=60000)
    page.locator(".jp-Stdin-input").first.fill("Ada")
    page.locator(".jp-Stdin-input").first.press("Enter")
    notebook.shows(asked, ".jp-OutputArea-output", "Ada")
    large = notebook.cell("100 50`r`i9")
    notebook.shows(large, ".jp-OutputArea-output details summary", "show more")
    large.locator("summary").click()
    notebook.shows(large, ".jp-OutputArea-output details[open] tr >> nth=99", "1")


with tempfile.TemporaryDirectory() as folder:
    prefix, home = os.path.join(folder, "prefix"), os.path.join(folder, "home")
    os.mkdir(home)
    subprocess.run([ZILDE, "kernel", "install", "--prefix", prefix], check=True)
    with open(os.path.join(home, "try.ipynb"), "w", encoding="utf-8") as file:
        json.dump(NOTEBOOK, file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "JUPYTER_PATH": os.path.join(prefix, "share", "jupyter")}
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={home}",
               f"--LabApp.extra_labextensions_path={os.path.join(prefix, 'share', 'jupyter', 'labextensions')}"]
    server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        while "is running at" not in server.stderr.readline():
            assert server.poll() is None, "JupyterLab does not start"
        # What it writes from now on is read, so that it does not wait.
        import threading
        threading.Thread(target=server.stderr.read, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1000, "height": 1000})
            page.goto(f"http://127.0.0.1:{port}/doc/tree/try.ipynb")
            page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(state="attached", timeout=120000)
            news = page.get_by_role("button", name="No", exact=True)
            page.add_locator_handler(news, news.click)
            page.click(".jp-Cell >> nth=0")
            try:
                tried(page)
            except Exception:
                page.screenshot(path=os.path.join(tempfile.gettempdir(), "zilde-browser.png"))
                raise
            browser.close()
        print("ok")
    finally:
        server.terminate()
        server.wait()
