//! Runs the cases: a session with a small workspace, the odd values, and the list of the cases that went wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use zilde::array::{Arr, Pending, convert, pending};
use zilde::context::{BoxStyle, Context, Layout};
use zilde::error::{ErrorKind, Fault, Result};
use zilde::function::{Fun, Operand};
use zilde::primitive::{self, PrimitiveFunction};
use zilde::{Session, Value, display, operator};

use super::common::same::same;
use super::values::{ODD, PENDING, STORAGE, VIEWS};

/// The workspace limit of every case: a case that needs more must end in WS FULL.
const BUDGET: usize = 4 << 20;

/// The time limit of every case, ten times of what any case needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A value and how it is written.
#[derive(Clone)]
pub struct Odd {
    pub text: String,
    pub value: Value,
}

/// A session and its findings.
pub struct Cases {
    pub session: Session,
    pub odd: Vec<Odd>,
    /// The same arrays in other storage, by position.
    pub alternatives: Vec<Vec<Odd>>,
    pub tried: usize,
    wrong: Vec<String>,
    slowest: (Duration, String),
}

/// A function of the table.
pub fn glyph(glyph: char) -> Fun {
    std::rc::Rc::new(PrimitiveFunction(primitive::lookup(glyph).expect("a glyph of the table")))
}

/// `left∘.×right` as a pending value: in a session, products as small as these are computed at once.
fn pending(context: &Context, left: &Value, right: &Value) -> Value {
    let memory = context.memory();
    let many = Value::counts(memory, &[1; 100]).expect("a vector");
    let times = operator::outer_product(context, Operand::Function(glyph('×'))).expect("a function");
    let kernel = match times.call(context, Some(many.clone()), many).expect("a product") {
        Value::Pending(product) => product.kernel(),
        _ => panic!("products are written at once"),
    };
    let dims: Vec<usize> = left.shape().iter().chain(right.shape()).copied().collect();
    let steps = |of: &Value| {
        let shape = of.shape();
        (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect::<Vec<usize>>()
    };
    let mut left_steps = steps(left);
    left_steps.resize(dims.len(), 0);
    let mut right_steps = vec![0; left.rank()];
    right_steps.extend(steps(right));
    let operand = |of: &Value, steps: Vec<usize>| pending::Operand {
        data: convert::float_arr(memory, &of.array(memory).expect("an array")).expect("numbers"),
        start: 0,
        steps: steps.into_iter().collect(),
    };
    let (left, right) = (operand(left, left_steps), operand(right, right_steps));
    Pending::new(kernel, &dims, left, right).expect("a product").into()
}

/// The same numbers as a view on an array that has them in the opposite order of axes, and more of them; its first two
/// axes are made of three.
fn view(context: &Context, of: &Value) -> Value {
    let (memory, shape) = (context.memory(), of.shape());
    let numbers = convert::float_arr(memory, &of.array(memory).expect("an array")).expect("numbers");
    let [outer @ .., rows, columns] = shape else { panic!("two axes at least") };
    let split: Vec<usize> = outer.iter().copied().chain([*rows, 1, *columns]).collect();
    let mut steps = vec![0; split.len()];
    let mut step = 2;
    for (axis, n) in split.iter().enumerate() {
        steps[axis] = step;
        step *= n;
    }
    let mut data = vec![0.5; 1 + step];
    for (at, &number) in numbers.as_slice().iter().enumerate() {
        let mut rest = at;
        let mut place = 1;
        for (n, step) in split.iter().zip(&steps).rev() {
            place += rest % n * step;
            rest /= n;
        }
        data[place] = number;
    }
    let data = Arr::new(memory, &[data.len()], data).expect("fits");
    let view = Pending::view(memory, data, 1, &split, &steps).expect("a view");
    view.merge(outer.len()).expect("a view").into()
}

/// Two cells of two rows and columns, each somewhere in one of three.
fn placed(context: &Context) -> Value {
    let memory = context.memory();
    let data = (1..=8).map(|n| 0.5 * f64::from(n)).collect();
    let data = Arr::new(memory, &[2, 2, 2], data).expect("fits");
    let cells = Pending::view(memory, data, 0, &[2, 2, 2], &[4, 2, 1]).expect("a view");
    cells.placed(&[3, 3], vec![0, 4]).expect("two cells").into()
}

impl Cases {
    pub fn new() -> Cases {
        let mut session = Session::builder().memory_limit(BUDGET).seed(Some(1)).build();
        let value =
            |session: &mut Session, text: &str| session.eval(text).unwrap_or_else(|fault| panic!("{text}\n{fault}"));
        for (name, body) in STORAGE {
            value(&mut session, &format!("{name}←{body} ⋄ 0"));
        }
        let mut odd: Vec<Odd> =
            ODD.iter().map(|text| Odd { text: format!("({text})"), value: value(&mut session, text) }).collect();
        let mut alternatives = Vec::new();
        for of in &odd {
            let stored = STORAGE.iter().filter_map(|(name, _)| {
                let text = format!("({name} {})", of.text);
                let alternative = value(&mut session, &text);
                let other = storage(&alternative) != storage(&of.value);
                (other && same(&alternative, &of.value)).then_some(Odd { text, value: alternative })
            });
            alternatives.push(stored.collect());
        }
        for (left, right) in PENDING {
            let product = {
                let (left, right) = (value(&mut session, left), value(&mut session, right));
                pending(session.context(), &left, &right)
            };
            let text = format!("(({left})∘.×{right})");
            let written = product.clone().settled(session.context().memory()).expect("a product");
            odd.push(Odd { text: text.clone(), value: product });
            alternatives.push(vec![Odd { text: format!("(WRITTEN {text})"), value: written }]);
        }
        for text in VIEWS {
            let written = value(&mut session, text);
            let text = format!("({text})");
            odd.push(Odd { text: text.clone(), value: view(session.context(), &written) });
            alternatives.push(vec![Odd { text: format!("(WRITTEN {text})"), value: written }]);
        }
        let placed = placed(session.context());
        let written = placed.clone().settled(session.context().memory()).expect("cells");
        let text = "(↑3 3∘↑¨(2 2⍴0.5×⍳4)(¯3 ¯3↑2 2⍴2+0.5×⍳4))";
        assert!(same(&written, &value(&mut session, text)), "cells in larger ones");
        odd.push(Odd { text: text.to_owned(), value: placed });
        alternatives.push(vec![Odd { text: format!("(WRITTEN {text})"), value: written }]);
        Cases { session, odd, alternatives, tried: 0, wrong: Vec::new(), slowest: Default::default() }
    }

    pub fn context(&self) -> &Context {
        self.session.context()
    }

    pub fn value(&mut self, text: &str) -> Value {
        self.session.eval(text).unwrap_or_else(|fault| panic!("{text}\n{fault}"))
    }

    /// Tries a case: it ends in a value that can be shown and compared, or in a named error, in time, and leaves
    /// nothing behind in the workspace. Gives what it ended in, where that may be compared with something.
    pub fn case(
        &mut self,
        name: impl Fn() -> String,
        work: impl FnOnce(&mut Session) -> Result<Value>,
    ) -> Option<Result<Value>> {
        self.tried += 1;
        let began = Instant::now();
        let session = &mut self.session;
        session.context().set_deadline(Some(began + PATIENCE));
        let settings = session.context().settings();
        let outcome = catch_unwind(AssertUnwindSafe(|| -> Result<Value> {
            let value = work(session)?.settled(session.context().memory())?;
            shows(session.context(), &value)?;
            Ok(value)
        }));
        let problem = match outcome {
            Ok(Ok(value)) => Ok(Ok(value)),
            Ok(Err(fault)) => match fault.kind() {
                ErrorKind::Internal | ErrorKind::Interrupt => Err(fault.report()),
                _ => Ok(Err(fault)),
            },
            Err(panic) => {
                let what = panic.downcast_ref::<String>().cloned();
                Err(what.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default())
            }
        };
        self.session.context().set_settings(settings);
        let took = began.elapsed();
        if took > self.slowest.0 {
            self.slowest = (took, name());
        }
        match problem {
            Ok(result) => Some(result),
            Err(what) => {
                self.wrong(format!("{}\n    {what}", name()));
                None
            }
        }
    }

    /// A case in APL, with `X` and `Y` for two values.
    pub fn line(&mut self, line: &str, x: &Odd, y: &Odd) -> Option<Result<Value>> {
        let name = || format!("X←{} ⋄ Y←{} ⋄ {line}", x.text, y.text);
        let values = [("X", x.value.clone()), ("Y", y.value.clone())];
        self.case(name, |session| {
            for (name, value) in values {
                session.set(name, value)?;
            }
            session.eval(line)
        })
    }

    /// Two ways to the same result. What asks for more than the budget may notice at different times.
    pub fn agree(&mut self, name: impl Fn() -> String, one: Option<Result<Value>>, other: Option<Result<Value>>) {
        let (Some(one), Some(other)) = (one, other) else { return };
        let agreed = match (&one, &other) {
            (Err(a), Err(b)) => a.kind() == b.kind(),
            (Err(fault), Ok(_)) | (Ok(_), Err(fault)) => fault.kind() == ErrorKind::WsFull,
            // An array of many empty boxes takes little memory, but comparing its items would take too long.
            (Ok(a), Ok(b)) if a.count() > 1 << 20 => a.shape() == b.shape(),
            (Ok(a), Ok(b)) => same(a, b),
        };
        if !agreed {
            self.wrong(format!("{}\n{}\n  is not\n{}", name(), sketch(&one), sketch(&other)));
        }
    }

    /// The same with arguments that are stored in two ways. Boxes of nothing cost nothing in one and room in the other,
    /// so that one may be full before it comes to the error that the other one tells of.
    pub fn agree_as_stored(
        &mut self,
        name: impl Fn() -> String,
        one: Option<Result<Value>>,
        other: Option<Result<Value>>,
    ) {
        let full = |fault: &Fault| fault.kind() == ErrorKind::WsFull;
        if !matches!((&one, &other), (Some(Err(a)), Some(Err(b))) if full(a) != full(b)) {
            self.agree(name, one, other);
        }
    }

    /// An error about shapes tells a newcomer which shapes; but for one that the case itself raises.
    pub fn told(&mut self, name: impl Fn() -> String, result: &Option<Result<Value>>) {
        let Some(Err(fault)) = result else { return };
        let shapes = !name().contains("SIGNAL")
            && matches!(fault.kind(), ErrorKind::Rank | ErrorKind::Length | ErrorKind::Index);
        if shapes && fault.detail().is_none() {
            self.wrong(format!("{}\n    {} and nothing more", name(), fault.headline()));
        }
    }

    pub fn wrong(&mut self, what: String) {
        self.wrong.push(what);
    }

    /// Fails the test with all that was found.
    #[track_caller]
    pub fn done(self) {
        let (took, what) = &self.slowest;
        println!("{} cases, the slowest {} ms: {what}", self.tried, took.as_millis());
        let shown: Vec<&String> = self.wrong.iter().take(200).collect();
        let shown: String = shown.iter().map(|what| format!("{what}\n")).collect();
        assert!(self.wrong.is_empty(), "{} of {} are wrong\n{shown}", self.wrong.len(), self.tried);
    }
}

/// How a value is kept.
fn storage(value: &Value) -> String {
    let form = match value {
        Value::Framed(_) => "framed",
        Value::Pending(_) => "pending",
        _ => "plain",
    };
    format!("{form} {:?}", value.kind())
}

fn sketch(result: &Result<Value>) -> String {
    match result {
        Ok(value) => {
            let text: String = value.to_string().chars().take(400).collect();
            format!("shape {:?}, {}\n{text}", value.shape(), storage(value))
        }
        Err(fault) => fault.report(),
    }
}

/// A value can be printed in every way, and is itself.
fn shows(context: &Context, value: &Value) -> Result<()> {
    if value.count() > 2000 {
        return Ok(());
    }
    let internal = |what: &str| Err(Fault::internal(what.to_string()));
    // What does not fit into the budget when it is written out is no defect.
    let room = |result: Result<()>| match result {
        Err(fault) if fault.kind() == ErrorKind::WsFull => Ok(()),
        Err(fault) if fault.kind() == ErrorKind::Internal => Err(fault),
        Err(fault) => Err(Fault::internal(format!("a value that does not show: {}", fault.report()))),
        Ok(()) => Ok(()),
    };
    let plain = display::layout(context, false);
    for layout in [plain, Layout { boxed: true, ..plain }] {
        room(display::show(context, value, layout).map(drop))?;
    }
    room(display::disp(context, value, None).map(drop))?;
    room(display::display(context, value, BoxStyle::Max, None).map(drop))?;
    let formatted = match glyph('⍕').call(context, None, value.clone()) {
        Ok(formatted) => formatted,
        Err(fault) => return room(Err(fault)),
    };
    if !matches!(formatted.kind(), zilde::array::Type::Char) {
        return internal("⍕ gives no characters");
    }
    if glyph('≡').call(context, None, value.clone())?.rank() != 0 {
        return internal("≡ gives no scalar");
    }
    match glyph('≡').call(context, Some(value.clone()), value.clone())? {
        Value::Bool(true) => Ok(()),
        other => internal(&format!("X≡X is {other}")),
    }
}

/// The numbers `0..count` of which every `step`th is taken, begun at `start`: a sample that is always the same.
pub fn sampled(count: usize, step: usize, start: usize) -> impl Iterator<Item = usize> {
    (start % step..count).step_by(step)
}
