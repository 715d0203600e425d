#!/usr/bin/env python3
"""Tries the kernel with Jupyter's own clients: tests/jupyter.py [PATH OF zilde].

Makes an environment of its own with jupyter_client and nbclient, from the package registry; where that cannot be
reached, says so and tries nothing (exit code 77). With --installed it takes the Python that runs it as it is. With
--write it writes the outputs of the examples' notebooks into them.
"""

import os
import subprocess
import sys
import tempfile
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NOTEBOOK = os.path.join(ROOT, "examples", "transposed-convolutions.ipynb")
NOT_TRIED = 77


def in_own_environment():
    """Runs this script again in a new environment."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = os.path.join(folder, "bin", "python")
        installed = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "jupyter_client", "nbclient", "nbformat"],
            capture_output=True,
            text=True,
        )
        if installed.returncode != 0:
            print("the package registry cannot be reached: nothing was tried\n" + installed.stderr, file=sys.stderr)
            sys.exit(NOT_TRIED)
        sys.exit(subprocess.run([python, os.path.abspath(__file__), "--installed", *sys.argv[1:]]).returncode)


words = sys.argv[1:]
if "--installed" not in words:
    in_own_environment()
try:
    import nbclient
    import nbformat
    from jupyter_client.manager import start_new_kernel
except ImportError as missing:
    print(f"{missing}: nothing was tried", file=sys.stderr)
    sys.exit(NOT_TRIED)

paths = [word for word in words if not word.startswith("--")]
ZILDE = os.path.abspath(paths[0] if paths else os.path.join(ROOT, "target", "debug", "zilde"))


class Cells:
    """A kernel, and what its cells show."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="zilde", startup_timeout=120)

    def run(self, code, **options):
        """What a cell writes, shows, and how it ends."""
        shown = []

        def note(message):
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                shown.append((content["name"], content["text"]))
            elif kind in ("display_data", "execute_result"):
                shown.append((kind, content["data"]))
            elif kind == "error":
                shown.append((kind, content["ename"]))

        options = {"allow_stdin": False, "timeout": 120, **options}
        reply = self.client.execute_interactive(code, output_hook=note, **options)
        return shown, reply["content"]

    def text(self, code):
        """The text of the last result."""
        return self.run(code)[0][-1][1]["text/plain"]

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def equal(found, expected):
    assert found == expected, f"\n{found!r}\nis not\n{expected!r}"


def cells_are_run(cells):
    equal(cells.text("+/⍳10"), "55")
    equal(cells.text("1(2 3)"), "┌─┬───┐\n│1│2 3│\n└─┴───┘")
    shown, reply = cells.run("⎕←'out'\nx←2 2⍴⍳4\nx")
    equal([kind for kind, _ in shown], ["stdout", "execute_result"])
    assert shown[1][1]["text/html"].count("<td") == 4, shown
    equal(reply["status"], "ok")
    equal(cells.text("f←{\n  ⍵+1\n}\n∇r←g x\n  r←f x\n∇\ng 4"), "5")
    shown, reply = cells.run("1 2+3 4 5")
    assert shown[0][0] == "stderr" and "∧" in shown[0][1], shown
    equal((shown[-1], reply["ename"]), (("error", "LENGTH ERROR"), "LENGTH ERROR"))


def pictures_are_shown(cells):
    shown, _ = cells.run("]plot -title=squares ×⍨⍳20")
    assert "squares" in shown[-1][1]["image/svg+xml"], shown
    shown, _ = cells.run("]plot ?20 30 3⍴256")
    assert shown[-1][1]["image/png"].startswith("iVBORw0KGgo"), shown


def questions_are_answered(cells):
    asked = []

    def answer(message):
        asked.append(message["content"]["prompt"])
        cells.client.input("⍳3" if asked[-1] == "⎕:" else "Ada")

    shown, _ = cells.run("1+⎕\nname←⍞\nname", allow_stdin=True, stdin_hook=answer)
    equal([data["text/plain"] for kind, data in shown if kind != "stdout"], ["2 3 4", "Ada"])
    equal(asked, ["⎕:", ""])


def an_interrupt_keeps_the_state(cells):
    cells.run("kept←42")
    identity = cells.client.execute("⎕←'begun'\n{∇⍵}0")
    while True:
        message = cells.client.get_iopub_msg(timeout=120)
        if message["msg_type"] == "stream" and message["parent_header"]["msg_id"] == identity:
            break
    cells.manager.interrupt_kernel()
    reply = cells.client.get_shell_msg(timeout=120)
    equal(reply["content"]["status"], "error")
    equal(cells.text("kept"), "42")


def code_is_completed(cells):
    for code, expected in [("2 3`r", "⍴"), ("iota", "⍳"), ("⎕SE.file.w", "wav"), ("]boxi", "]boxing")]:
        reply = cells.client.complete(code, reply=True, timeout=120)["content"]
        equal(reply["matches"], [expected])
    page = cells.client.inspect("⍴", 1, reply=True, timeout=120)["content"]
    assert "Shape" in page["data"]["text/plain"], page
    cells.client.is_complete("f←{")
    equal(cells.client.get_shell_msg(timeout=120)["content"]["status"], "incomplete")


def a_restart_forgets(cells):
    cells.run("forgotten←1")
    cells.manager.restart_kernel(now=False)
    cells.client.wait_for_ready(timeout=120)
    equal(cells.text("⎕NC'forgotten'"), "0")


def outputs(notebook):
    """What the cells of a notebook show, without numbers and metadata."""
    return [[(output.output_type, output.get("text", output.get("data"))) for output in cell.outputs]
            for cell in notebook.cells if cell.cell_type == "code"]


def the_notebook_shows_what_it_holds():
    with open(NOTEBOOK, encoding="utf-8") as file:
        held = nbformat.read(file, as_version=4)
    run = nbformat.from_dict(held)
    before = outputs(held)
    nbclient.NotebookClient(run, timeout=120, kernel_name="zilde").execute()
    if "--write" in words:
        for cell in run.cells:
            cell.metadata = {}
        run.metadata = {"kernelspec": {"display_name": "APL (zilde)", "language": "apl", "name": "zilde"},
                        "language_info": {"file_extension": ".apl", "mimetype": "text/apl", "name": "apl"}}
        nbformat.write(run, NOTEBOOK)
        return
    equal(outputs(run), before)
    pictures = sum(kind in data for shown in before for _, data in shown if isinstance(data, dict)
                   for kind in ("image/svg+xml", "image/png"))
    assert pictures >= 6, pictures


with tempfile.TemporaryDirectory() as prefix:
    subprocess.run([ZILDE, "kernel", "install", "--prefix", prefix], check=True)
    os.environ["JUPYTER_PATH"] = os.path.join(prefix, "share", "jupyter")
    if "--write" not in words:
        cells = Cells()
        try:
            for trial in [cells_are_run, pictures_are_shown, questions_are_answered, an_interrupt_keeps_the_state,
                          code_is_completed, a_restart_forgets]:
                trial(cells)
                print(f"{trial.__name__}: ok")
        finally:
            cells.close()
    the_notebook_shows_what_it_holds()
    print("the_notebook_shows_what_it_holds: ok")
