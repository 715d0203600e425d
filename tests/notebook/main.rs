//! The kernel as its clients see it: cells, questions, interrupts, and what no client ought to send.
//!
//! The client here (`client.rs`) is written from the protocols alone. `tests/jupyter.py` does the same with Jupyter's own.

#![cfg(feature = "notebook")]

mod client;

use std::io::{Read, Write};
use std::net::TcpStream;

use client::{Client, Connection, Kernel, Message, text};
use serde_json::{Value, json};

fn started() -> (Kernel, Client) {
    let kernel = Kernel::start();
    let client = Client::new(&kernel, "client");
    (kernel, client)
}

fn kinds(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| &*message.kind).collect()
}

#[test]
fn the_kernel_introduces_itself() {
    let (_kernel, mut client) = started();
    let info = client.reply("kernel_info_request", &json!({}));
    assert_eq!((&info["status"], &info["language_info"]["file_extension"]), (&json!("ok"), &json!(".apl")));
    assert!(info["protocol_version"].as_str().is_some_and(|version| version.starts_with("5.")));
    assert_eq!(client.control("kernel_info_request", &json!({}))["status"], "ok");
    assert_eq!(client.reply("comm_info_request", &json!({}))["comms"], json!({}));
}

#[test]
fn cells_show_what_they_show() {
    let (_kernel, mut client) = started();
    let (output, reply) = client.run("x←⍳4\n⎕←'first'\n+/x\n2 2⍴x");
    assert_eq!(kinds(&output), ["status", "execute_input", "stream", "display_data", "execute_result"]);
    assert_eq!((&output[2].content["name"], &output[2].content["text"]), (&json!("stdout"), &json!("first\n")));
    assert_eq!(output[3].content["data"], json!({ "text/plain": "10" }));
    let data = &output[4].content["data"];
    assert_eq!(data["text/plain"], "1 2\n3 4");
    assert_eq!(data["text/html"].as_str().map(|html| html.matches("<td").count()), Some(4));
    assert_eq!((&reply["status"], &reply["execution_count"]), (&json!("ok"), &json!(1)));
    assert_eq!(client.run("x").1["execution_count"], 2);
    // Boxes around what is nested, without a word.
    assert_eq!(client.shown("1(2 3)"), "┌─┬───┐\n│1│2 3│\n└─┴───┘");
    assert_eq!(client.shown("]box off"), "Was ON\n");
    assert_eq!(client.shown("f←{\n  a←⍵\n  a+1\n}\n∇r←g x\nr←f x\n∇\n:If 1\n  g 4\n:EndIf"), "5");
    assert!(client.shown(")fns").contains("f       g"));
    assert!(client.shown("]help ⍴").contains("Shape"));
}

#[test]
fn errors_have_their_caret_and_their_callers() {
    let (_kernel, mut client) = started();
    client.run("inner←{1 2+⍵}\n∇r←outer x\nr←inner x\n∇");
    let (output, reply) = client.run("'before'\nouter 3 4 5\n'not reached'");
    let streams: Vec<&Message> = output.iter().filter(|message| message.kind == "stream").collect();
    assert_eq!(streams[0].content["name"], "stderr");
    let report = streams[0].content["text"].as_str().expect("a text");
    assert!(report.starts_with("LENGTH ERROR: Mismatched left and right argument shapes\ninner[0]"), "{report}");
    assert!(report.contains("∧\n") && report.contains("outer[1]"), "{report}");
    assert_eq!(text(&output).matches("reached").count(), 0);
    let error = output.iter().find(|message| message.kind == "error").expect("an error");
    assert_eq!(error.content["ename"], "LENGTH ERROR");
    assert_eq!(error.content["traceback"], json!(["in cell 2, line 2"]));
    assert_eq!((&reply["status"], &reply["ename"]), (&json!("error"), &json!("LENGTH ERROR")));
    assert!(reply["traceback"].as_array().is_some_and(|lines| lines.len() >= 4), "{reply}");
    // A command that fails fails the cell too.
    let (output, reply) = client.run("]nosuch\n2+2");
    assert_eq!(reply["status"], "error");
    assert!(output.iter().any(|message| message.content["name"] == "stderr") && !text(&output).contains('4'));
}

#[test]
fn cells_behind_one_that_fails_are_not_run() {
    let (_kernel, mut client) = started();
    let cell = |code: &str, stop: bool| json!({ "code": code, "stop_on_error": stop, "allow_stdin": false });
    let run = |client: &mut Client, stop: bool| -> Vec<String> {
        let frames: Vec<_> = ["÷0", "'next'"].map(|code| client.message("execute_request", &cell(code, stop)).1).into();
        frames.iter().for_each(|frames| client.shell.send(frames));
        (0..2).map(|_| client.replied().content["status"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(run(&mut client, true), ["error", "aborted"]);
    assert_eq!(run(&mut client, false), ["error", "ok"]);
}

#[test]
fn two_cells_at_once_keep_their_output_apart() {
    let (_kernel, mut client) = started();
    let ids: Vec<String> = ["{⎕←⍵}¨⍳3", "{⎕←-⍵}¨⍳3"]
        .map(|code| client.ask("execute_request", &json!({ "code": code, "allow_stdin": false })))
        .into();
    for (id, expected) in ids.iter().zip(["1\n2\n3\n", "¯1\n¯2\n¯3\n"]) {
        let streams: String = client
            .output(id)
            .iter()
            .filter(|message| message.kind == "stream")
            .filter_map(|message| message.content["text"].as_str())
            .collect();
        assert_eq!(streams, expected);
    }
}

#[test]
fn several_clients_share_a_session() {
    let (kernel, mut first) = started();
    let mut second = Client::new(&kernel, "");
    first.run("shared←42");
    assert_eq!(second.shown("shared"), "42");
    // What one does is published to all.
    let seen = std::iter::repeat_with(|| first.published()).find(|message| message.kind == "execute_result");
    assert_eq!(seen.expect("a result").content["data"]["text/plain"], "42");
    drop(second);
    assert_eq!(first.shown("shared+1"), "43");
}

#[test]
fn silent_cells_are_not_seen() {
    let (_kernel, mut client) = started();
    let request = json!({
        "code": "x←5\n⎕←x\nx", "silent": true, "user_expressions": { "six": "x+1", "wrong": "÷0" },
    });
    let (output, reply) = client.run_with(&request);
    assert_eq!(kinds(&output), ["status"]);
    assert_eq!(reply["execution_count"], 0);
    assert_eq!(reply["user_expressions"]["six"]["data"]["text/plain"], "6");
    assert_eq!(reply["user_expressions"]["wrong"]["ename"], "DOMAIN ERROR");
    let unstored = json!({ "code": "x", "store_history": false });
    let (output, reply) = client.run_with(&unstored);
    assert_eq!((text(&output), &reply["execution_count"]), ("5".to_owned(), &json!(0)));
    client.run("x+1");
    let history = client.reply("history_request", &json!({ "hist_access_type": "tail", "n": 9 }));
    assert_eq!(history["history"], json!([[0, 1, "x+1"]]));
}

#[test]
fn questions_go_to_the_client_that_asked() {
    let (kernel, mut client) = started();
    let _other = Client::new(&kernel, "other");
    let cell = |code: &str| json!({ "code": code, "allow_stdin": true });
    let id = client.ask("execute_request", &cell("⍞←'Name: ' ⋄ name←⍞\n1+⎕\nname"));
    for answer in ["Ada", "⍳3"] {
        let question = client::read(&client.key, &client.stdin.receive());
        assert_eq!((&*question.kind, question.parent), ("input_request", id.clone()));
        let (_, frames) = client.message("input_reply", &json!({ "value": answer }));
        client.stdin.send(&frames);
    }
    let output = client.output(&id);
    let results: Vec<&Value> = output.iter().filter_map(|message| message.content["data"].get("text/plain")).collect();
    assert_eq!(results, ["2 3 4", "Name: Ada"]);
    client.replied();
    // An interrupt ends the wait, and so does the end of the client; where nobody may be asked, the input has ended.
    let id = client.ask("execute_request", &cell("kept←1\nname←⍞"));
    client.stdin.receive();
    assert_eq!(client.control("interrupt_request", &json!({}))["status"], "ok");
    client.output(&id);
    assert_eq!(client.replied().content["status"], "error");
    let (_, reply) = client.run("name←⍞");
    assert_eq!((&reply["status"], &reply["ename"]), (&json!("error"), &json!("EOF INTERRUPT")));
    let mut lost = Client::new(&kernel, "lost");
    lost.ask("execute_request", &cell("name←⍞"));
    lost.stdin.receive();
    drop(lost);
    assert_eq!(client.shown("kept name"), "┌─┬─────────┐\n│1│Name: Ada│\n└─┴─────────┘");
}

#[test]
fn an_interrupt_keeps_what_there_is() {
    let (kernel, mut client) = started();
    client.run("n←0\nloop←{n+←1 ⋄ ∇⍵}");
    for by_signal in [false, true] {
        let id = client.ask("execute_request", &json!({ "code": "⎕←'begun'\nloop 0\n⎕←'not reached'" }));
        let begun = |message: &Message| message.parent == id && message.content["text"] == "begun\n";
        let seen = std::iter::repeat_with(|| client.published()).find(begun);
        assert!(seen.is_some());
        if by_signal {
            let process = i32::try_from(kernel.process.id()).expect("a process");
            let process = nix::unistd::Pid::from_raw(process);
            nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGINT).expect("a signal");
        } else {
            assert_eq!(client.control("interrupt_request", &json!({}))["status"], "ok");
        }
        let output = client.output(&id);
        assert!(text(&output).contains("INTERRUPT") && !text(&output).contains("reached"), "{output:?}");
        assert_eq!(client.replied().content["status"], "error");
        assert_eq!(client.shown("n>0"), "1");
    }
}

#[test]
fn code_is_completed_and_explained() {
    let (_kernel, mut client) = started();
    client.run("mean←{(+/⍵)÷≢⍵}\nspace←⎕NS''\nspace.median←3\nmatrix←2 2⍴⍳4");
    let mut matches = |code: &str| {
        let cursor = code.chars().count();
        let reply = client.reply("complete_request", &json!({ "code": code, "cursor_pos": cursor }));
        let end = reply["cursor_end"].as_u64().expect("a place") as usize;
        assert_eq!(end, cursor);
        let start = reply["cursor_start"].as_u64().expect("a place") as usize;
        let found: Vec<String> = reply["matches"]
            .as_array()
            .expect("matches")
            .iter()
            .map(|found| found.as_str().expect("a text").into())
            .collect();
        let replaced: String = code.chars().skip(start).collect();
        (replaced, found)
    };
    let only = |replaced: &str, found: &str| (replaced.to_owned(), vec![found.to_owned()]);
    assert_eq!(matches("⍳3\n2 3`r"), only("`r", "⍴"));
    assert_eq!(matches("x←iota"), only("iota", "⍳"));
    assert_eq!(matches("⌽⌽space.med"), only("med", "median"));
    assert_eq!(matches("⎕SE.file.np"), ("np".to_owned(), vec!["npy".to_owned(), "npz".to_owned()]));
    assert_eq!(matches("]boxi"), only("]boxi", "]boxing"));
    assert!(matches("1+me").1.contains(&"mean".to_owned()));
    assert!(matches("⎕n").1.contains(&"⎕NGET".to_owned()));
    assert!(matches("`").1.len() > 60);
    assert_eq!(matches("'nosuchname"), (String::new(), Vec::new()));
    let mut about = |code: &str, cursor: usize| {
        let reply = client.reply("inspect_request", &json!({ "code": code, "cursor_pos": cursor }));
        let text = reply["data"]["text/plain"].as_str().unwrap_or_default().to_owned();
        assert_eq!(reply["found"], !text.is_empty());
        text
    };
    assert!(about("2 3⍴x", 4).starts_with("# ⍴"), "{}", about("2 3⍴x", 4));
    assert!(about("⎕CSV 'a'", 2).starts_with("# ⎕CSV"));
    assert!(about("mean 3", 2).contains("{(+/⍵)÷≢⍵}"));
    assert!(about("matrix", 6).contains("1 2\n3 4"));
    assert_eq!(about("   ", 1), "");
    let complete = client.reply("is_complete_request", &json!({ "code": "f←{\n:If ⍵" }));
    assert_eq!(complete, json!({ "status": "incomplete", "indent": "    " }));
    assert_eq!(client.reply("is_complete_request", &json!({ "code": "f←{⍵}" }))["status"], "complete");
}

#[test]
fn bad_messages_are_told_and_ignored() {
    let (mut kernel, mut client) = started();
    let execute = json!({ "code": "spoilt←1" });
    let (_, signed) = client.message("execute_request", &execute);
    let changed = |at: usize, to: &[u8]| {
        let mut frames = signed.clone();
        frames[at] = to.to_vec();
        frames
    };
    let unsigned = changed(1, b"");
    let forged = changed(5, r#"{"code":"spoilt←2"}"#.as_bytes());
    for (frames, why) in [
        (unsigned, "not signed"),
        (forged, "wrongly signed"),
        (changed(1, &[0xff; 64]), "not signed"),
        (signed[2..].to_vec(), "no delimiter"),
        (signed[..3].to_vec(), "too few frames"),
        (vec![b"".to_vec()], "no delimiter"),
    ] {
        client.shell.send(&frames);
        let told = kernel.complaint();
        assert!(told.contains("shell: a message is ignored") && told.contains(why), "{told}");
    }
    // One that is signed is run, but not twice.
    let (_, signed) = client.message("execute_request", &json!({ "code": "count←1" }));
    client.shell.send(&signed);
    client.replied();
    client.shell.send(&signed);
    assert!(kernel.complaint().contains("sent a second time"));
    let (_, odd) = client.message("nosuch_request", &json!({}));
    client.shell.send(&odd);
    assert!(kernel.complaint().contains("unknown type \"nosuch_request\""));
    assert_eq!(client.shown("⎕NC↑'spoilt' 'count'"), "0 2");
}

#[test]
fn bad_connections_end_and_harm_nobody() {
    let (mut kernel, mut client) = started();
    let mut sent = |channel: &str, bytes: &[u8], why: &str| {
        let mut stream = TcpStream::connect(kernel.address(channel)).expect("a connection");
        stream.write_all(bytes).expect("sent");
        // The kernel ends the connection.
        let _ = stream.read_to_end(&mut Vec::new());
        let told = kernel.complaint();
        assert!(told.contains(channel) && told.contains(why), "{told}");
    };
    let greeting = client::greeting();
    let after = |rest: &[u8]| [&greeting[..], rest].concat();
    sent("shell", &[b'G'; 64], "no greeting");
    sent("shell", &[&greeting[..12], b"CURVE", &[0; 47]].concat(), "mechanism");
    sent("control", &after(b"\x04\x06\x05HELLO"), "no READY");
    sent("shell", &after(b"\x04\x08\x05READY\x0bS"), "a broken READY");
    sent("iopub", &after(b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03REQ"), "wrong type");
    sent("shell", &after(b"\x06\xff\xff\xff\xff\xff\xff\xff\xff"), "too long");
    // A client that goes in the middle of a message.
    let mut half = Connection::new(kernel.address("shell"), "DEALER", "half");
    half.stream.write_all(&[1, 9, b'<']).expect("sent");
    drop(half);
    // Clients that go while output is sent to them, and one that asks for nothing.
    let gone = Client::new(&kernel, "gone");
    let _quiet = Connection::new(kernel.address("iopub"), "SUB", "quiet");
    let id = client.ask("execute_request", &json!({ "code": "{⎕←1000⍴⍕⍵}¨⍳2000\n'end'" }));
    drop(gone);
    assert!(text(&client.output(&id)).ends_with("end"));
}

#[test]
fn much_output_arrives_whole() {
    let (_kernel, mut client) = started();
    let bytes = 20_000_000;
    let id = client.ask("execute_request", &json!({ "code": format!("⎕PW←32767\n⍞←{bytes}⍴'x'\n⎕←200000⍴'y'") }));
    let output = client.output(&id);
    let shown = text(&output);
    assert_eq!(shown.matches('x').count(), bytes);
    assert_eq!(shown.matches('y').count(), 200_000);
    // In pieces, and yet in few.
    let streams = kinds(&output).iter().filter(|kind| **kind == "stream").count();
    assert!((100..1000).contains(&streams), "{streams}");
    client.replied();
    // A long result is shortened, and says so.
    let (output, _) = client.run("100000 3⍴0");
    let shown = text(&output);
    assert!(shown.len() < 100_000 && shown.contains("more lines"), "{}", shown.len());
}

#[test]
fn sockets_speak_zeromq() {
    let (kernel, mut client) = started();
    let mut heart = Connection::new(kernel.address("hb"), "REQ", "");
    for beat in [&b""[..], b"ping", &[7; 300]] {
        heart.send(&[Vec::new(), beat.to_vec()]);
        assert_eq!(heart.receive(), [Vec::new(), beat.to_vec()]);
    }
    // Subscriptions as messages, as before ZMTP 3.1, and only to what begins with a topic.
    let mut streams = Connection::new(kernel.address("iopub"), "SUB", "");
    streams.frame(0, b"\x01stream");
    streams.frame(4, b"\x09SUBSCRIBEnothing");
    streams.settle();
    client.run("1+1\n⎕←'seen'");
    let message = client::read(&client.key, &streams.receive());
    assert_eq!((&*message.kind, &message.content["text"]), ("stream", &json!("seen\n")));
    streams.frame(4, b"\x06CANCELstream");
    streams.settle();
    client.run("⎕←'unseen'");
    assert_eq!(streams.settle(), 0);
}

#[test]
fn the_kernel_ends_when_it_is_asked_to() {
    let (kernel, mut client) = started();
    client.ask("execute_request", &json!({ "code": "{∇⍵}0" }));
    let reply = client.control("shutdown_request", &json!({ "restart": true }));
    assert_eq!((&reply["status"], &reply["restart"]), (&json!("ok"), &json!(true)));
    assert_eq!(kernel.ended(), Some(0));
    let (kernel, mut client) = started();
    let (_, reply) = client.run("⎕OFF 3");
    assert_eq!(reply["payload"][0]["source"], "ask_exit");
    assert_eq!(kernel.ended(), Some(3));
}

#[test]
fn rights_are_those_of_the_command_line() {
    let kernel = Kernel::with(&["--sandbox", "--seed=7"]);
    let mut client = Client::new(&kernel, "client");
    let (_, reply) = client.run("⎕NGET 'Cargo.toml'");
    assert_eq!(reply["status"], "error");
    let first = client.shown("?1E9");
    let again = Kernel::with(&["--seed=7"]);
    assert_eq!(Client::new(&again, "client").shown("?1E9"), first);
}
