//! The table of system names: the name and title of each, what it stands for, and its page.
//!
//! Help and completion use it. Names that Dyalog has and zilde does not have yet are in it too, so that the NONCE ERROR
//! can name them.

#[cfg(feature = "csv")]
use super::csv;
use super::files::{component, copying, text, tied};
#[cfg(feature = "json")]
use super::json;
#[cfg(feature = "regex")]
use super::regex;
#[cfg(feature = "xml")]
use super::xml;
use super::{
    Get, Routine, SystemName, What, case, constants, controls, date, definitions, events, files, format, indicator,
    mentions, names, profile, representation, requests, saved, script, spaces, supplied, trap, unicode, values,
    variables, verify,
};
use crate::array::reference::Reference;
use crate::array::{Arr, Value, convert};
use crate::context::Context;
use std::rc::Rc;

use crate::code::node::Class;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};
use crate::names::{Space, SystemOperator};
use crate::operator::variant;

/// A page of the folder beside.
macro_rules! doc {
    ($page:literal) => {
        include_str!(concat!("docs/", $page, ".md"))
    };
}

/// What a name stands for with a feature of the package; without it, it is missing.
macro_rules! needs {
    ($feature:literal, $class:expr, $what:expr) => {{
        #[cfg(feature = $feature)]
        const WHAT: What = $what;
        #[cfg(not(feature = $feature))]
        const WHAT: What = What::Missing($class, Some($feature));
        WHAT
    }};
}

/// The row of a name, given in capitals and without its `⎕`.
pub fn lookup(name: &str) -> Option<&'static SystemName> {
    TABLE.iter().find(|row| row.name == name)
}

const fn row(name: &'static str, title: &'static str, what: What, doc: &'static str) -> SystemName {
    SystemName { name, title, what, doc }
}

const fn variable(
    name: &'static str,
    title: &'static str,
    get: Get,
    set: fn(&Context, &Value) -> Result<()>,
    doc: &'static str,
) -> SystemName {
    row(name, title, What::Variable(get, set), doc)
}

const fn constant(name: &'static str, title: &'static str, get: Get, doc: &'static str) -> SystemName {
    row(name, title, What::Constant(get), doc)
}

const fn function(name: &'static str, title: &'static str, call: Routine, doc: &'static str) -> SystemName {
    row(name, title, What::Function(call), doc)
}

/// An array that is not there yet.
const fn no_array(name: &'static str, title: &'static str) -> SystemName {
    row(name, title, What::Missing(Class::Array, None), "")
}

/// A function that is not there yet.
const fn no_function(name: &'static str, title: &'static str) -> SystemName {
    row(name, title, What::Missing(Class::Function, None), "")
}

fn variant_operator(context: &Context, _space: &Rc<Space>, left: Operand, right: Option<Operand>) -> Result<Fun> {
    variant::variant(context, left, right.ok_or_else(Fault::syntax)?)
}

/// Every system name.
pub static TABLE: &[SystemName] = &[
    variable("IO", "Index origin", |c, _| Ok(Value::from(c.io() as usize)), variables::set_io, doc!("io")),
    variable("CT", "Comparison tolerance", |c, _| Ok(convert::scalar(c.ct())), variables::set_ct, doc!("ct")),
    variable("ML", "Migration level", |c, _| Ok(Value::Int(i32::from(c.ml()))), variables::set_ml, doc!("ml")),
    variable("DIV", "Division method", |c, _| Ok(Value::Bool(c.div())), variables::set_div, doc!("div")),
    variable("PP", "Print precision", |c, _| Ok(Value::from(c.pp())), variables::set_pp, doc!("pp")),
    variable("PW", "Page width", |c, _| Ok(Value::from(c.pw())), variables::set_pw, doc!("pw")),
    variable(
        "FR",
        "Floating-point representation",
        |c, _| Ok(Value::Int(i32::from(c.settings().fr))),
        variables::set_fr,
        doc!("fr"),
    ),
    variable(
        "DCT",
        "Decimal comparison tolerance",
        |c, _| Ok(convert::scalar(c.settings().dct)),
        variables::set_dct,
        doc!("dct"),
    ),
    variable("WX", "Window expose", |c, _| Ok(Value::Int(i32::from(c.settings().wx))), variables::set_wx, doc!("wx")),
    variable(
        "USING",
        "Microsoft .NET search path",
        |c, _| variables::get_using(c),
        variables::set_using,
        doc!("using"),
    ),
    variable("LX", "Latent expression", |c, _| c.text(&c.latent.borrow()), variables::set_lx, doc!("lx")),
    variable("WSID", "Workspace identification", |c, _| c.text(&c.name.borrow()), variables::set_wsid, doc!("wsid")),
    variable("RL", "Random link", |c, _| variables::get_rl(c), variables::set_rl, doc!("rl")),
    variable("TRAP", "Event trap", |c, _| trap::get(c), trap::set, doc!("trap")),
    variable("PATH", "Search path", |c, _| c.text(&c.path.borrow()), variables::set_path, doc!("path")),
    constant("A", "Alphabetic characters", |c, _| c.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), doc!("a")),
    constant("Á", "Underscored alphabetic characters", |c, _| unicode::underscored(c), doc!("underscored")),
    constant("Ⓐ", "Underscored alphabetic characters", |c, _| unicode::underscored(c), doc!("underscored")),
    constant("AV", "Atomic vector", |c, _| unicode::atomic_vector(c), doc!("av")),
    constant("AVU", "Atomic vector, Unicode", |c, _| unicode::atomic_codes(c), doc!("avu")),
    constant("FNAMES", "Names of tied files", |c, _| component::tie_names(c), doc!("components")),
    constant("FNUMS", "Numbers of tied files", |c, _| component::tie_numbers(c), doc!("components")),
    constant("NNAMES", "Native file names", |c, _| tied::tie_names(c), doc!("nnames")),
    constant("NNUMS", "Native file numbers", |c, _| tied::tie_numbers(c), doc!("nnames")),
    constant("TNUMS", "Thread numbers", |c, _| Ok(Arr::new(c.memory(), &[1], vec![0])?.into()), doc!("tnums")),
    constant("TPOOL", "Token pool", |_, _| Ok(Value::zilde()), doc!("tpool")),
    constant("D", "Digits", |c, _| c.text("0123456789"), doc!("d")),
    constant("AI", "Account information", |c, _| constants::accounting(c), doc!("ai")),
    constant("AN", "Account name", |c, _| constants::account(c), doc!("an")),
    constant("ARG", "Command line", |c, _| constants::arguments(c), doc!("arg")),
    constant("DM", "Diagnostic message", |c, _| events::lines(c), doc!("dm")),
    constant("DMX", "Extended diagnostic message", events::diagnosis, doc!("dmx")),
    constant("EN", "Event number", |c, _| Ok(events::number(c)), doc!("en")),
    constant("LC", "Line counter", indicator::lines, doc!("lc")),
    constant("NULL", "Null item", |_, _| Ok(Reference::null().into()), doc!("null")),
    constant("NSI", "Namespace indicator", indicator::spaces, doc!("nsi")),
    constant("SE", "Session namespace", |_, space| spaces::session(space), doc!("se")),
    constant("SI", "State indicator", indicator::names, doc!("si")),
    constant("THIS", "This space", |_, space| Ok(spaces::this(space)), doc!("this")),
    constant("XSI", "Extended state indicator", indicator::paths, doc!("xsi")),
    constant("TC", "Terminal control", |c, _| c.text(if c.ml() < 3 { "\u{8}\n\r" } else { "\u{8}\r\n" }), doc!("tc")),
    constant("TID", "Current thread", |_, _| Ok(Value::Int(0)), doc!("tid")),
    constant("TS", "Timestamp", |c, _| date::timestamp(c), doc!("ts")),
    constant("WA", "Space available", |c, _| Ok(Value::from(c.memory().available())), doc!("wa")),
    function("AT", "Attributes", definitions::attributes, doc!("at")),
    function("ATX", "Extended attributes", definitions::extended, doc!("atx")),
    function("C", "Case convert", case::convert, doc!("c")),
    function("CS", "Change space", spaces::change, doc!("cs")),
    function("DF", "Display form", spaces::display_form, doc!("df")),
    row("FIX", "Fix script", What::Optional(script::fix, script::FIX_OPTIONS), doc!("fix")),
    function("NS", "Namespace", spaces::namespace, doc!("ns")),
    function("SRC", "Source", script::source, doc!("src")),
    function("DL", "Delay", constants::delay, doc!("dl")),
    function("REFS", "Cross references", mentions::references, doc!("refs")),
    row(
        "CSV",
        "Comma separated values",
        needs!("csv", Class::Function, What::Optional(csv::csv, csv::OPTIONS)),
        doc!("csv"),
    ),
    function("CR", "Canonical representation", definitions::canonical, doc!("cr")),
    function("CY", "Copy workspace", supplied::copy, doc!("cy")),
    function("DR", "Data representation", representation::representation, doc!("dr")),
    function("DT", "Date-time", date::date_time, doc!("dt")),
    function("EM", "Event message", events::names, doc!("em")),
    function("EX", "Expunge", names::expunge, doc!("ex")),
    function("FMT", "Format", format::format, doc!("fmt")),
    row(
        "JSON",
        "JSON convert",
        needs!("json", Class::Function, What::Optional(json::json, json::OPTIONS)),
        doc!("json"),
    ),
    function("FX", "Fix definition", definitions::fix, doc!("fx")),
    function("NC", "Name classification", names::class, doc!("nc")),
    function("NGET", "Read text file", text::get, doc!("nget")),
    function("NL", "Name list", names::list, doc!("nl")),
    row("NPUT", "Write text file", What::Optional(text::put, text::PUT_OPTIONS), doc!("nput")),
    function("NQ", "Enqueue event", requests::enqueue, doc!("nq")),
    function("NR", "Nested representation", definitions::nested, doc!("nr")),
    function("OR", "Object representation", definitions::object, doc!("or")),
    function("SIGNAL", "Signal event", events::signal, doc!("signal")),
    function("SIZE", "Size of object", definitions::size, doc!("size")),
    function("UCS", "Unicode convert", unicode::unicode, doc!("ucs")),
    row("OFF", "Sign off", What::Off, doc!("off")),
    function("VFI", "Verify and fix input", verify::verify, doc!("vfi")),
    function("VR", "Vector representation", definitions::listed, doc!("vr")),
    function("VGET", "Value get", values::get, doc!("vget")),
    row("VSET", "Value set", What::Optional(values::set, values::OPTIONS), doc!("vset")),
    row("XML", "XML convert", needs!("xml", Class::Function, What::Optional(xml::xml, xml::OPTIONS)), doc!("xml")),
    row(
        "OPT",
        "Variant",
        What::Operator(SystemOperator { text: "⎕OPT", class: Class::Dyadic, derive: variant_operator }),
        doc!("opt"),
    ),
    row(
        "MKDIR",
        "Make directory",
        What::Optional(files::names::make_folders, files::names::MKDIR_OPTIONS),
        doc!("mkdir"),
    ),
    function("NAPPEND", "Native file append", tied::append, doc!("nappend")),
    row("NCOPY", "Native file copy", What::Optional(copying::copy, copying::COPY_OPTIONS), doc!("ncopy")),
    row("NCREATE", "Native file create", What::Optional(tied::create, tied::CREATE_OPTIONS), doc!("ncreate")),
    row("NDELETE", "Native file delete", What::Optional(files::names::delete, files::names::WILDCARD), doc!("ndelete")),
    function("NERASE", "Native file erase", tied::erase, doc!("nerase")),
    row("NEXISTS", "Native file exists", What::Optional(files::names::exists, files::names::WILDCARD), doc!("nexists")),
    row("NINFO", "Native file information", What::Optional(files::info::info, files::info::OPTIONS), doc!("ninfo")),
    function("NLOCK", "Native file lock", tied::lock, doc!("nlock")),
    row("NMOVE", "Native file move", What::Optional(copying::move_files, copying::MOVE_OPTIONS), doc!("nmove")),
    function("NPARTS", "File name parts", files::names::split, doc!("nparts")),
    function("NREAD", "Native file read", tied::read, doc!("nread")),
    function("NRENAME", "Native file rename", tied::rename, doc!("nrename")),
    function("NREPLACE", "Native file replace", tied::replace, doc!("nreplace")),
    function("NRESIZE", "Native file resize", tied::resize, doc!("nresize")),
    function("NSIZE", "Native file size", tied::size, doc!("nsize")),
    function("NTIE", "Native file tie", tied::tie, doc!("ntie")),
    function("NUNTIE", "Native file untie", tied::untie, doc!("nuntie")),
    function("NXLATE", "Native file translate", tied::translate, doc!("nxlate")),
    function("SH", "Execute a command", files::shell::execute, doc!("sh")),
    function("CMD", "Execute a command", files::shell::execute, doc!("sh")),
    row(
        "SHELL",
        "Execute external program",
        What::Optional(files::external::shell, files::external::OPTIONS),
        doc!("shell"),
    ),
    function("SHADOW", "Shadow name", names::shadow, doc!("shadow")),
    function("WG", "Get window property", requests::property, doc!("wg")),
    no_array("BASE", "Base class"),
    constant("CLEAR", "Clear workspace", |c, _| saved::clear(c), doc!("clear")),
    no_array("EXCEPTION", "Reports the most recent exception"),
    constant("FAVAIL", "File system availability", |_, _| Ok(Value::Bool(true)), doc!("components")),
    no_array("RSI", "Space indicator"),
    no_array("RTL", "Response time limit"),
    no_array("SD", "Screen dimensions"),
    no_array("SM", "Screen map"),
    no_array("STACK", "State indicator stack"),
    no_array("SVS", "Query all shared variables"),
    no_array("TNAME", "Thread name"),
    no_function("ARBIN", "Arbitrary input"),
    no_function("ARBOUT", "Arbitrary output"),
    no_function("CLASS", "Class"),
    no_function("DQ", "Dequeue events"),
    no_function("ED", "Edit object"),
    no_function("EXPORT", "Export object"),
    function("FAPPEND", "File append component", component::append, doc!("components")),
    row(
        "FCHK",
        "File check and repair",
        What::Optional(component::check, component::CHECK_OPTIONS),
        doc!("components"),
    ),
    row("FCOPY", "File copy", What::Optional(component::copy, component::OPTIONS), doc!("components")),
    row("FCREATE", "File create", What::Optional(component::create, component::OPTIONS), doc!("components")),
    function("FDROP", "File drop components", component::drop_components, doc!("components")),
    function("FERASE", "File erase", component::erase, doc!("components")),
    function("FHIST", "File history", component::history, doc!("components")),
    function("FHOLD", "File hold", component::hold, doc!("components")),
    function("FLIB", "File library", component::library, doc!("components")),
    function("FPROPS", "File properties", component::file_properties, doc!("components")),
    function("FRDAC", "File read access", component::permissions, doc!("components")),
    function("FRDCI", "File read component information", component::information, doc!("components")),
    function("FREAD", "File read component", component::read, doc!("components")),
    function("FRENAME", "File rename", component::rename, doc!("components")),
    function("FREPLACE", "File replace component", component::replace, doc!("components")),
    function("FRESIZE", "File resize", component::resize, doc!("components")),
    function("FSIZE", "File size", component::size, doc!("components")),
    function("FSTAC", "File set access", component::set_permissions, doc!("components")),
    function("FSTIE", "File share tie", component::share, doc!("components")),
    function("FTIE", "Exclusive file tie", component::tie, doc!("components")),
    function("FUNTIE", "File untie", component::untie, doc!("components")),
    no_function("INSTANCES", "Instances"),
    no_function("KL", "Key label"),
    function("LOAD", "Load workspace", saved::load_function, doc!("load")),
    no_function("LOCK", "Lock definition"),
    function("MAP", "Map file", files::map::map, doc!("map")),
    function("MONITOR", "Monitor controls", controls::monitor, doc!("monitor")),
    no_function("NA", "Name association"),
    no_function("NEW", "New instance"),
    no_function("PFKEY", "Programmable function key"),
    function("PROFILE", "Profile application", profile::profile, doc!("profile")),
    function("SAVE", "Save workspace", saved::save_function, doc!("save")),
    no_function("SR", "Screen read"),
    no_function("STATE", "State of object"),
    function("STOP", "Stop controls", controls::stop, doc!("stop")),
    no_function("SVC", "Shared variable control"),
    no_function("SVO", "Shared variable offer"),
    no_function("SVQ", "Shared variable query"),
    no_function("SVR", "Shared variable retract"),
    no_function("TALLOC", "Allocate thread"),
    no_function("TCNUMS", "Thread child numbers"),
    no_function("TGET", "Get tokens"),
    no_function("TKILL", "Thread kill"),
    no_function("TPUT", "Put tokens"),
    function("TRACE", "Trace controls", controls::trace, doc!("trace")),
    no_function("TREQ", "Token requests"),
    no_function("TSYNC", "Wait for threads to terminate"),
    no_function("WC", "Create window object"),
    no_function("WN", "Window child names"),
    no_function("WS", "Set window property"),
    no_function("XT", "External variable"),
    row(
        "R",
        "Replace",
        needs!(
            "regex",
            Class::Array,
            What::Operator(SystemOperator { text: "⎕R", class: Class::Dyadic, derive: regex::replace })
        ),
        doc!("r"),
    ),
    row(
        "S",
        "Search",
        needs!(
            "regex",
            Class::Array,
            What::Operator(SystemOperator { text: "⎕S", class: Class::Dyadic, derive: regex::search })
        ),
        doc!("s"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_listed() {
        let page = include_str!("../../DIFFERENCES.md");
        let (_, section) = page.split_once("## Not there yet").expect("the section");
        let names: Vec<&str> = section.split([' ', '`', '\n']).filter_map(|word| word.strip_prefix('⎕')).collect();
        for row in TABLE.iter().filter(|row| row.is_missing()) {
            assert!(names.contains(&row.name), "DIFFERENCES.md does not list ⎕{}", row.name);
        }
    }
}
