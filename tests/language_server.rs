//! The language server, spoken to over pipes as an editor does.

#![cfg(feature = "cli")]

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A client.
struct Client {
    server: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    next: i64,
    /// Notifications that nobody has waited for yet.
    notified: VecDeque<Value>,
}

impl Client {
    fn new() -> Client {
        Client::with(json!({}), Value::Null)
    }

    fn with(options: Value, folder: Value) -> Client {
        Client::start(json!({}), options, folder)
    }

    fn start(capabilities: Value, options: Value, folder: Value) -> Client {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zilde"));
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().unwrap();
        let stdin = server.stdin.take();
        let stdout = BufReader::new(server.stdout.take().unwrap());
        let mut client = Client { server, stdin, stdout, next: 0, notified: VecDeque::new() };
        let folders = if folder.is_null() { json!([]) } else { json!([{ "uri": folder, "name": "folder" }]) };
        let params =
            json!({ "capabilities": capabilities, "initializationOptions": options, "workspaceFolders": folders });
        let answer = client.request("initialize", params);
        assert_eq!(answer["serverInfo"]["name"], "zilde");
        client.notify("initialized", json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let stdin = self.stdin.as_mut().unwrap();
        write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        stdin.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.stdout.read_line(&mut line).unwrap() > 0, "the server has ended");
            if let Some(number) = line.trim().strip_prefix("Content-Length: ") {
                length = number.parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut bytes = vec![0; length];
        self.stdout.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.notified.push_back(message);
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The next notification of this kind.
    fn wait(&mut self, method: &str) -> Value {
        if let Some(at) = self.notified.iter().position(|message| message["method"] == method) {
            return self.notified.remove(at).unwrap()["params"].clone();
        }
        loop {
            let message = self.receive();
            if message["method"] == method {
                return message["params"].clone();
            }
            self.notified.push_back(message);
        }
    }

    /// Opens a text; what is found in it.
    fn open(&mut self, uri: &str, text: &str) -> Vec<String> {
        let document = json!({ "uri": uri, "languageId": "apl", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        self.found(uri, 1)
    }

    /// What is found in a version of a text.
    fn found(&mut self, uri: &str, version: i64) -> Vec<String> {
        loop {
            let params = self.wait("textDocument/publishDiagnostics");
            if params["uri"] == uri && params["version"] == version {
                let all = params["diagnostics"].as_array().unwrap().iter();
                return all.map(|one| one["message"].as_str().unwrap().to_owned()).collect();
            }
        }
    }

    fn at(&mut self, method: &str, uri: &str, line: u32, character: u32) -> Value {
        let position = json!({ "line": line, "character": character });
        self.request(method, json!({ "textDocument": { "uri": uri }, "position": position }))
    }

    fn hover(&mut self, uri: &str, line: u32, character: u32) -> String {
        self.at("textDocument/hover", uri, line, character)["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    fn labels(&mut self, uri: &str, line: u32, character: u32) -> Vec<String> {
        let found = self.at("textDocument/completion", uri, line, character);
        found.as_array().unwrap().iter().map(|item| item["textEdit"]["newText"].as_str().unwrap().to_owned()).collect()
    }

    /// Says that it is done; the server ends.
    fn done(mut self) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        assert!(self.server.wait().unwrap().success());
    }
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.uri(name)
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.0.join(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const URI: &str = "file:///nowhere/text.apl";

#[test]
fn errors_come_as_one_types() {
    let mut client = Client::new();
    assert_eq!(
        client.open(URI, "x←2 3⍴⍳6\ny←x+2 2⍴0\n"),
        ["LENGTH ERROR: Mismatched left and right argument shapes (left is 2 3, right is 2 2: axis 2 is 3 against 2)"]
    );
    let range = json!({ "start": { "line": 1, "character": 4 }, "end": { "line": 1, "character": 7 } });
    let change = json!([{ "range": range, "text": "2 3" }]);
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": change }),
    );
    assert_eq!(client.found(URI, 2), Vec::<String>::new());
    let change = json!([{ "text": "f←{⍵+(1 2" }]);
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 3 }, "contentChanges": change }),
    );
    assert_eq!(client.found(URI, 3), ["SYNTAX ERROR: Unpaired parenthesis"]);
    client.done();
}

#[test]
fn hover_tells_pages_and_shapes() {
    let mut client = Client::new();
    client.open(URI, "m←3 4⍴0\nv←+⌿m\nmean←{(+/⍵)÷≢⍵} ⍝ of a vector\nmean v\n");
    assert!(client.hover(URI, 0, 0).starts_with("`m`: Boolean matrix, shape 3 4"), "{}", client.hover(URI, 0, 0));
    assert!(client.hover(URI, 1, 4).starts_with("`m`: Boolean matrix, shape 3 4"));
    let rho = client.hover(URI, 0, 5);
    assert!(rho.starts_with("gives: Boolean matrix, shape 3 4") && rho.contains("Reshape"), "{rho}");
    let mean = client.hover(URI, 3, 1);
    assert!(mean.starts_with("`mean`: function") && mean.contains("mean←{(+/⍵)÷≢⍵}"), "{mean}");
    assert_eq!(client.hover(URI, 2, 20), "");
    let hints = client.request(
        "textDocument/inlayHint",
        json!({
            "textDocument": { "uri": URI },
            "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } },
        }),
    );
    let labels: Vec<&str> = hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap()).collect();
    assert_eq!(labels, [": 3 4", ": 4"]);
    client.done();
}

#[test]
fn hints_can_be_off() {
    let mut client = Client::with(json!({ "inlayHints": "off" }), Value::Null);
    client.open(URI, "m←3 4⍴0\n");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": range }));
    assert_eq!(hints, json!([]));
    client.done();
}

#[test]
fn completion_knows_keys_glyphs_and_names() {
    let mut client = Client::new();
    client.open(
        URI,
        "length←3\nf←{local←⍵ ⋄ loc\n}\n`r\nrho\n⎕TS+⎕PW\nlen\n:Namespace tax\nrate←2\n:EndNamespace\ntax.\n",
    );
    assert_eq!(client.labels(URI, 3, 2), ["⍴"]);
    assert_eq!(client.labels(URI, 4, 3), ["⍴"]);
    assert!(client.labels(URI, 5, 6).contains(&"⎕PW".to_owned()));
    assert!(client.labels(URI, 6, 3).contains(&"length".to_owned()));
    assert!(client.labels(URI, 1, 17).contains(&"local".to_owned()));
    client.done();
}

#[test]
fn names_are_found_and_renamed_by_scope() {
    let mut client = Client::new();
    client.open(URI, "x←1\nf←{x←⍵ ⋄ x+1} ⍝ x\ng←{x+⍵}\n'x'\n");
    let places = |found: &Value| -> Vec<(i64, i64)> {
        let all = found.as_array().unwrap().iter();
        all.map(|place| {
            (place["range"]["start"]["line"].as_i64().unwrap(), place["range"]["start"]["character"].as_i64().unwrap())
        })
        .collect()
    };
    let position = |line, character| json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character }, "context": { "includeDeclaration": true } });
    let found = client.request("textDocument/references", position(0, 0));
    assert_eq!(places(&found), [(0, 0), (2, 3)]);
    let found = client.request("textDocument/references", position(1, 9));
    assert_eq!(places(&found), [(1, 3), (1, 9)]);
    let found = client.request("textDocument/definition", position(2, 3));
    assert_eq!(places(&found), [(0, 0)]);
    let mut params = position(1, 9);
    params["newName"] = json!("inner");
    let edit = client.request("textDocument/rename", params.clone());
    assert_eq!(edit["changes"][URI].as_array().unwrap().len(), 2);
    params["newName"] = json!("1x");
    assert!(client.answer("textDocument/rename", params).get("error").is_some());
    client.done();
}

#[test]
fn folders_of_sources_are_one_program() {
    let folder = Folder::new("sources");
    let total = folder.file("total.aplf", "total←{+/price ⍵}\n");
    let price = folder.file("price.aplf", "price←{⍵×2 3}\n");
    let mut client = Client::with(json!({}), json!(folder.uri("").trim_end_matches('/')));
    assert_eq!(client.open(&total, "total←{+/price ⍵}\n"), Vec::<String>::new());
    let position =
        json!({ "textDocument": { "uri": total }, "position": { "line": 0, "character": 10 }, "newName": "cost" });
    let edit = client.request("textDocument/rename", position);
    assert_eq!(edit["changes"][&total].as_array().unwrap().len(), 1);
    assert_eq!(edit["changes"][&price].as_array().unwrap().len(), 1);
    let symbols = client.request("workspace/symbol", json!({ "query": "pri" }));
    assert_eq!(symbols[0]["name"], "price");
    client.done();
}

/// A text after edits of whole lines.
fn edited(text: &str, edits: &Value) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for edit in edits.as_array().unwrap() {
        let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
        let line = start["line"].as_u64().unwrap() as usize;
        assert_eq!((&start["character"], &start["line"]), (&json!(0), &end["line"]));
        assert_eq!(end["character"], lines[line].encode_utf16().count());
        lines[line] = edit["newText"].as_str().unwrap().to_owned();
    }
    lines.join("\n")
}

#[test]
fn symbols_folds_colours_and_formatting() {
    let mut client = Client::new();
    let text = "f←{\n⍵+1\n}\n:Namespace n\n∇r←g x\nr←x\n∇\n:EndNamespace\n";
    client.open(URI, text);
    let document = json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 4, "insertSpaces": true } });
    let symbols = client.request("textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[0]["name"], "f");
    assert_eq!(symbols[1]["children"][0]["name"], "g");
    let folds = client.request("textDocument/foldingRange", document.clone());
    let lines: Vec<(i64, i64)> = folds
        .as_array()
        .unwrap()
        .iter()
        .map(|fold| (fold["startLine"].as_i64().unwrap(), fold["endLine"].as_i64().unwrap()))
        .collect();
    assert_eq!(lines, [(0, 2), (3, 7), (4, 6)]);
    let tokens = client.request("textDocument/semanticTokens/full", document.clone());
    // `f` is a function, `←` a keyword; `{` has no colour.
    assert_eq!(tokens["data"].as_array().unwrap()[..10], [0, 0, 1, 4, 0, 0, 1, 1, 7, 0].map(|n| json!(n)));
    let edits = client.request("textDocument/formatting", document);
    assert_eq!(edited(text, &edits), "f←{\n    ⍵+1\n}\n:Namespace n\n    ∇r←g x\n        r←x\n    ∇\n:EndNamespace\n");
    client.done();
}

#[test]
fn a_rank_is_suggested_where_it_fits() {
    let mut client = Client::new();
    client.open(URI, "m←3 4⍴0\nv←⍳4\nm+v\nm+⍳5\n");
    let range = json!({ "start": { "line": 2, "character": 1 }, "end": { "line": 2, "character": 1 } });
    let context = json!({ "diagnostics": [] });
    let actions = client.request(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": URI }, "range": range, "context": context }),
    );
    assert_eq!(actions[0]["title"], "Did you mean ⍤1?");
    assert_eq!(actions[0]["edit"]["changes"][URI][0]["newText"], "⍤1⊢");
    let range = json!({ "start": { "line": 3, "character": 1 }, "end": { "line": 3, "character": 1 } });
    let actions = client.request(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": URI }, "range": range, "context": context }),
    );
    assert!(actions.as_array().unwrap().iter().all(|action| action["title"] != "Did you mean ⍤1?"), "{actions}");
    client.done();
}

#[test]
fn cases_of_transcripts_run_and_are_accepted() {
    let folder = Folder::new("transcripts");
    let text = "      1+1\n3\n      ÷0\nDOMAIN ERROR: Divide by zero\n      ÷0\n      ∧\n";
    let uri = folder.file("a.aplt", text);
    let mut client = Client::new();
    // An error that is expected is none.
    assert_eq!(client.open(&uri, text), Vec::<String>::new());
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
    let accept =
        &lenses.as_array().unwrap().iter().find(|lens| lens["command"]["title"] == "Accept all").unwrap()["command"];
    let run = &lenses[0]["command"];
    client.request("workspace/executeCommand", json!({ "command": run["command"], "arguments": run["arguments"] }));
    assert_eq!(client.wait("window/showMessage")["type"], 2);
    client
        .request("workspace/executeCommand", json!({ "command": accept["command"], "arguments": accept["arguments"] }));
    assert_eq!(client.wait("window/showMessage")["type"], 3);
    assert!(fs::read_to_string(folder.0.join("a.aplt")).unwrap().starts_with("      1+1\n2\n"));
    client.done();
}

#[test]
fn names_of_namespaces_are_those_behind_their_dots() {
    let mut client = Client::new();
    let text =
        ":Namespace tax\nrate←2\ngross←{⍵×1+rate}\n:EndNamespace\nrate←5\ntax.rate+rate\ntax.gross 3\nother.rate\n";
    assert_eq!(client.open(URI, text), ["VALUE ERROR: other is never set"]);
    let places = |found: &Value| -> Vec<(u64, u64)> {
        let place = |place: &Value| {
            let start = &place["range"]["start"];
            (start["line"].as_u64().unwrap(), start["character"].as_u64().unwrap())
        };
        found.as_array().unwrap().iter().map(place).collect()
    };
    assert_eq!(places(&client.at("textDocument/documentHighlight", URI, 5, 5)), [(1, 0), (2, 11), (5, 4)]);
    assert_eq!(places(&client.at("textDocument/documentHighlight", URI, 4, 0)), [(4, 0), (5, 9)]);
    assert_eq!(places(&client.at("textDocument/definition", URI, 6, 5)), [(2, 0)]);
    assert!(client.hover(URI, 5, 5).starts_with("`rate`: integer scalar"), "{}", client.hover(URI, 5, 5));
    assert!(client.labels(URI, 6, 4).contains(&"gross".to_owned()));
    client.done();
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let mut client = Client::new();
    client.open(URI, "x←1\ny←2\nf←{z←⍵ ⋄ x+z}\ng←{q←⍵ ⋄ q}\n");
    let rename = |line: u32, character: u32, name: &str| {
        let position = json!({ "line": line, "character": character });
        json!({ "textDocument": { "uri": URI }, "position": position, "newName": name })
    };
    // `y` is another name outside, and `z` one of the function that uses `x`; `q` is one of a function that does not.
    for taken in ["y", "z", "⎕io", "f"] {
        let answer = client.answer("textDocument/rename", rename(0, 0, taken));
        assert!(answer.get("error").is_some(), "{taken}: {answer}");
    }
    let edit = client.request("textDocument/rename", rename(2, 3, "y"));
    assert_eq!(edit["changes"][URI].as_array().unwrap().len(), 2);
    client.done();
}

#[test]
fn renaming_what_a_file_defines_renames_the_file() {
    let folder = Folder::new("renamed");
    let (total, price) = ("total←{+/price ⍵}\n", "price←{⍵×2 3}\n");
    let uri = folder.file("total.aplf", total);
    folder.file("price.aplf", price);
    let edits = json!({ "documentChanges": true, "resourceOperations": ["rename"] });
    let mut client = Client::start(json!({ "workspace": { "workspaceEdit": edits } }), json!({}), Value::Null);
    client.open(&uri, total);
    let position = json!({ "line": 0, "character": 10 });
    let params = json!({ "textDocument": { "uri": uri }, "position": position, "newName": "cost" });
    let edit = client.request("textDocument/rename", params);
    let changes = edit["documentChanges"].as_array().unwrap();
    assert_eq!(changes.len(), 3);
    let renamed = changes.last().unwrap();
    assert_eq!((&renamed["kind"], &renamed["newUri"]), (&json!("rename"), &json!(folder.uri("cost.aplf"))));
    client.done();
}

#[test]
fn what_is_typed_is_told_with_what_was_known() {
    let mut client = Client::new();
    let lines: String = (0..3000).map(|n| format!("x{n}←2 {n}⍴0\n")).collect();
    let text = format!("{lines}bad←x3+x4\nf←{{⍵+1 2 3}}\n");
    assert_eq!(client.open(URI, &text).len(), 1);
    // A line is put before the error, which is moved; the new line is checked with the names of the others.
    let start = json!({ "line": 1500, "character": 0 });
    let change = json!([{ "range": { "start": start, "end": start }, "text": "x1+x2\n" }]);
    let identifier = json!({ "uri": URI, "version": 2 });
    client.notify("textDocument/didChange", json!({ "textDocument": identifier, "contentChanges": change }));
    for _ in 0..2 {
        let told = client.wait("textDocument/publishDiagnostics");
        assert_eq!(told["version"], 2);
        let lines: Vec<&Value> =
            told["diagnostics"].as_array().unwrap().iter().map(|one| &one["range"]["start"]["line"]).collect();
        assert_eq!(lines, [1500, 3001]);
    }
    client.done();
}

#[test]
fn lines_and_brackets_are_selected_and_formatted() {
    let mut client = Client::new();
    let text = "x  +  1\ny  +  (2  ×  3)\n";
    client.open(URI, text);
    let range = json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": URI }, "range": range, "options": options });
    let edits = client.request("textDocument/rangeFormatting", params);
    assert_eq!(edited(text, &edits), "x  +  1\ny + (2 × 3)\n");
    let positions = json!([{ "line": 1, "character": 7 }]);
    let all = client
        .request("textDocument/selectionRange", json!({ "textDocument": { "uri": URI }, "positions": positions }));
    let columns =
        |range: &Value| (range["range"]["start"]["character"].clone(), range["range"]["end"]["character"].clone());
    let word = &all[0];
    assert_eq!(columns(word), (json!(7), json!(8)));
    assert_eq!(columns(&word["parent"]), (json!(7), json!(14)));
    assert_eq!(columns(&word["parent"]["parent"]), (json!(6), json!(15)));
    assert_eq!(columns(&word["parent"]["parent"]["parent"]), (json!(0), json!(15)));
    client.done();
}

#[test]
fn hints_and_colours_are_asked_for_again_when_more_is_known() {
    let refresh = json!({ "refreshSupport": true });
    let capabilities = json!({ "workspace": { "inlayHint": refresh, "semanticTokens": refresh } });
    let mut client = Client::start(capabilities, json!({}), Value::Null);
    client.open(URI, "x←2 3⍴0\n");
    client.wait("workspace/inlayHint/refresh");
    client.wait("workspace/semanticTokens/refresh");
    client.done();
}

#[test]
fn what_is_no_message_is_skipped() {
    let mut client = Client::new();
    let stdin = client.stdin.as_mut().unwrap();
    stdin.write_all(b"no header\r\nContent-Length: 8\r\n\r\n{no json").unwrap();
    assert_eq!(client.open(URI, "1+'a'\n").len(), 1);
    client.done();
    // A client that ends within a message.
    let mut client = Client::new();
    client.stdin.as_mut().unwrap().write_all(b"Content-Length: 500\r\n\r\n{").unwrap();
    client.stdin.take();
    let mut rest = Vec::new();
    client.stdout.read_to_end(&mut rest).unwrap();
    client.server.wait().unwrap();
}

#[test]
fn bad_input_does_not_end_the_server() {
    let mut client = Client::new();
    for (at, text) in [
        "(((",
        "{",
        "'open",
        "\u{0}\u{1}\u{fffd}",
        ":If",
        "∇f",
        &"1 ".repeat(200_000),
        &"1 ".repeat(1_500_000),
        &"(".repeat(5_000),
        &"{".repeat(600),
    ]
    .iter()
    .enumerate()
    {
        let uri = format!("file:///nowhere/{at}.apl");
        client.open(&uri, text);
        client.hover(&uri, 0, 1);
        client.at("textDocument/completion", &uri, 0, 1);
        for method in ["documentSymbol", "foldingRange", "semanticTokens/full"] {
            client.request(&format!("textDocument/{method}"), json!({ "textDocument": { "uri": uri } }));
        }
    }
    assert!(client.answer("textDocument/nothing", json!({})).get("error").is_some());
    assert!(client.answer("textDocument/hover", json!({ "wrong": 1 })).get("error").is_some());
    client.at("textDocument/hover", "file:///nowhere/none.apl", 5, 5);
    client.at("textDocument/hover", "file:///nowhere/0.apl", 99, 99);
    client.done();
}

#[test]
fn the_server_ends_with_its_client() {
    // The second text is still being checked.
    for text in ["x←1".to_owned(), "x←⍳3\n".repeat(50_000)] {
        let mut client = Client::new();
        client.open(URI, &text);
        client.stdin.take();
        let mut rest = Vec::new();
        client.stdout.read_to_end(&mut rest).unwrap();
        client.server.wait().unwrap();
    }
}
