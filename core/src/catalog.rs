//! The text of everything that has a code.

/// What a code stands for: a check of `kubectl calico status` (`CAL201`), a finding of `kubectl calico
/// plan` (`pool-unlisted`), or a rule (`cidr-host-bits`). `kubectl calico explain` and the generated
/// pages of the documentation print it.
///
/// All texts except the title and the source are complete sentences. The impact, the criteria and the fix can end with
/// a list, each item of which is a line that begins with `- `.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code. It is unique among all entries, and its meaning never changes.
    pub code: &'static str,
    /// What a finding reports, or what a rule requires: one clause that starts in lower case
    /// (unless with a name) and has no period.
    pub title: &'static str,
    /// What the title means, with the terms that it uses explained.
    pub meaning: &'static str,
    /// What happens if nothing is done, and where it becomes visible.
    pub impact: &'static str,
    /// The criteria: which values are compared, what is included and what is not, and since which
    /// version.
    pub criteria: &'static str,
    /// How to fix it in general.
    pub fix: &'static str,
    /// The source of this information: a project with file and version, or a page of its
    /// documentation. It has no period.
    pub source: &'static str,
}

/// The site made from docs/, which has a page for each code.
const SITE: &str = env!("CARGO_PKG_HOMEPAGE");

impl Entry {
    /// The address of the page that explains the code. It never changes either.
    pub fn address(&self) -> String {
        format!("{SITE}/{}", self.code)
    }

    /// The entry as a line of a list in Markdown, with a link to its [`Self::section`].
    pub fn list_item(&self) -> String {
        let anchor = self.code.to_lowercase();
        format!("- [{}](#{anchor}): {}\n", self.code, self.title)
    }

    /// The entry as a section of a page in Markdown. `note` follows the meaning.
    pub fn section(&self, note: &str) -> String {
        let meaning = format!("{} {note}", self.meaning);
        // A list begins after an empty line.
        let markdown = |text: &str| text.replacen("\n- ", "\n\n- ", 1);
        format!(
            "## {}\n\n**{}**\n\n{}\n\n**Impact.** {}\n\n**Criteria.** {}\n\n**Fix.** {}\n\n\
             **Source.** {}\n",
            self.code,
            self.title,
            meaning.trim_end(),
            markdown(self.impact),
            markdown(self.criteria),
            markdown(self.fix),
            self.source
        )
    }
}
