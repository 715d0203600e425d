//! Names of months and weekdays, in the languages that dates can be written in.
//!
//! Forms that stand in a date (`13. februar`), as each language writes them, with their own capitals.

/// A language's names.
pub struct Language {
    /// ISO 639-1.
    pub code: &'static str,
    /// January to December.
    pub months: [&'static str; 12],
    /// The same, short.
    pub short_months: [&'static str; 12],
    /// Monday to Sunday.
    pub weekdays: [&'static str; 7],
    /// The same, short.
    pub short_weekdays: [&'static str; 7],
    /// Before and after noon.
    pub halves: [&'static str; 2],
    /// What follows a day's number where it is an ordinal.
    pub ordinal: Ordinal,
}

/// How ordinals are marked.
#[derive(Clone, Copy)]
pub enum Ordinal {
    /// As in English.
    English,
    /// All alike.
    Always(&'static str),
    /// The first in one way, the others not at all.
    First(&'static str),
}

impl Ordinal {
    /// The mark behind a day of the month.
    pub fn of(self, day: i64) -> &'static str {
        match (self, day % 10, day) {
            (Ordinal::Always(mark), ..) => mark,
            (Ordinal::First(mark), _, 1) => mark,
            (Ordinal::First(_), ..) => "",
            (Ordinal::English, _, 11..=13) => "th",
            (Ordinal::English, 1, _) => "st",
            (Ordinal::English, 2, _) => "nd",
            (Ordinal::English, 3, _) => "rd",
            (Ordinal::English, ..) => "th",
        }
    }
}

/// The language with this code, which a region may follow: `en`, `en_GB`.
pub fn lookup(code: &str) -> Option<&'static Language> {
    let (language, region) = match code.split_once('_') {
        Some((language, region)) => (language, Some(region)),
        None => (code, None),
    };
    let is_region = |region: &str| region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
    if !region.is_none_or(is_region) {
        return None;
    }
    LANGUAGES.iter().find(|row| row.code == language)
}

#[rustfmt::skip]
static LANGUAGES: &[Language] = &[
    Language {
        code: "da",
        months: ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"],
        short_months: ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
        weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
        short_weekdays: ["man", "tir", "ons", "tor", "fre", "lør", "søn"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::Always("."),
    },
    Language {
        code: "de",
        months: ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
        short_months: ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"],
        weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        short_weekdays: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::Always("."),
    },
    Language {
        code: "el",
        months: ["Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"],
        short_months: ["Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ"],
        weekdays: ["Δευτέρα", "Τρίτη", "Τετάρτη", "Πέμπτη", "Παρασκευή", "Σάββατο", "Κυριακή"],
        short_weekdays: ["Δευ", "Τρί", "Τετ", "Πέμ", "Παρ", "Σάβ", "Κυρ"],
        halves: ["π.μ.", "μ.μ."],
        ordinal: Ordinal::Always("η"),
    },
    Language {
        code: "en",
        months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        short_weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::English,
    },
    Language {
        code: "es",
        months: ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
        short_months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
        weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        short_weekdays: ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
        halves: ["a. m.", "p. m."],
        ordinal: Ordinal::Always("º"),
    },
    Language {
        code: "fi",
        months: ["tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta", "heinäkuuta", "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta"],
        short_months: ["tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu"],
        weekdays: ["maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai"],
        short_weekdays: ["ma", "ti", "ke", "to", "pe", "la", "su"],
        halves: ["ap.", "ip."],
        ordinal: Ordinal::Always("."),
    },
    Language {
        code: "fr",
        months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        short_months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        short_weekdays: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
        halves: ["AM", "PM"],
        ordinal: Ordinal::First("er"),
    },
    Language {
        code: "it",
        months: ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
        short_months: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
        weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        short_weekdays: ["lun", "mar", "mer", "gio", "ven", "sab", "dom"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::First("º"),
    },
    Language {
        code: "ja",
        months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
        short_months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
        weekdays: ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"],
        short_weekdays: ["月", "火", "水", "木", "金", "土", "日"],
        halves: ["午前", "午後"],
        ordinal: Ordinal::Always("日"),
    },
    Language {
        code: "nb",
        months: ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"],
        short_months: ["jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"],
        weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
        short_weekdays: ["man", "tir", "ons", "tor", "fre", "lør", "søn"],
        halves: ["a.m.", "p.m."],
        ordinal: Ordinal::Always("."),
    },
    Language {
        code: "nl",
        months: ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
        short_months: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
        weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
        short_weekdays: ["ma", "di", "wo", "do", "vr", "za", "zo"],
        halves: ["a.m.", "p.m."],
        ordinal: Ordinal::Always("e"),
    },
    Language {
        code: "nn",
        months: ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"],
        short_months: ["jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"],
        weekdays: ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"],
        short_weekdays: ["mån", "tys", "ons", "tor", "fre", "lau", "søn"],
        halves: ["formiddag", "ettermiddag"],
        ordinal: Ordinal::Always("."),
    },
    Language {
        code: "pl",
        months: ["stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"],
        short_months: ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
        weekdays: ["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"],
        short_weekdays: ["pon", "wt", "śr", "czw", "pt", "sob", "niedz"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::Always("."),
    },
    Language {
        code: "pt",
        months: ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
        short_months: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
        weekdays: ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"],
        short_weekdays: ["seg", "ter", "qua", "qui", "sex", "sáb", "dom"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::Always("º"),
    },
    Language {
        code: "ru",
        months: ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
        short_months: ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
        weekdays: ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"],
        short_weekdays: ["пн", "вт", "ср", "чт", "пт", "сб", "вс"],
        halves: ["AM", "PM"],
        ordinal: Ordinal::Always("-е"),
    },
    Language {
        code: "sv",
        months: ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
        short_months: ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
        weekdays: ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
        short_weekdays: ["mån", "tis", "ons", "tor", "fre", "lör", "sön"],
        halves: ["fm", "em"],
        ordinal: Ordinal::Always(":e"),
    },
    Language {
        code: "zh",
        months: ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"],
        short_months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
        weekdays: ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
        short_weekdays: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
        halves: ["上午", "下午"],
        ordinal: Ordinal::Always("日"),
    },
];
