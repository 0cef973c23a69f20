/// The kinds of lists of videos.
public enum ListFormat: String, Sendable, Codable, CaseIterable {
    /// The only kind that fits; refused where several do.
    case detected
    /// `path label`, separated by blanks, a comma or a tab; a line without a label has none.
    case pathLabel = "path-label"
    /// `path`: the whole line.
    case pathOnly = "path-only"
    /// M2-CLIP's `id frames label`.
    case m2CLIP = "m2clip"
    /// `path label label …`.
    case multiLabel = "multi-label"
    /// `directory frames label`: folders of images.
    case rawFrames = "rawframes"
    /// `directory offset frames label`: parts of folders of images.
    case rawFramesOffset = "rawframes-offset"
    /// mmaction2's JSON: `filename` or `frame_dir`, and `label`.
    case mmaction
    /// The CSV of the Kinetics sets, columns by name.
    case kinetics
    /// HMDB51's folder of `CLASS_test_splitN.txt`.
    case hmdb51
    /// UCF101's folder with `classInd.txt`, `trainlist0N.txt` and `testlist0N.txt`, or one of these lists.
    case ucf101
    /// The JSON of Something-Something V2.
    case something = "something-v2"
    /// A folder with a folder of videos for each class.
    case classFolders = "class-folders"
}

/// What separates a path from its labels.
public enum ListDelimiter: String, Sendable, Codable, CaseIterable {
    /// Commas if every line ends with a comma and a number, or the file is called `.csv`; else blanks.
    case detected
    /// Blanks and tabs.
    case blank
    /// Commas, with the quoting of CSV.
    case comma
    /// Tabs only.
    case tab
}

/// Which videos of a data set are taken.
public enum ListPart: String, Sendable, Codable, CaseIterable {
    /// Those to train on.
    case train
    /// Those to choose settings by.
    case validation
    /// Those to test on.
    case test
    /// All there are, those that a split leaves unused included.
    case all
}

/// How the files of a Kinetics set lie.
public enum ClipLayout: String, Sendable, Codable, CaseIterable {
    /// By class if the first class has a folder, else flat.
    case detected
    /// All in one folder.
    case flat
    /// In a folder for each class, blanks of its name as underscores.
    case byClass = "by-class"
}

/// What happens to a label that is outside of the class list.
public enum BadLabels: String, Sendable, Codable, CaseIterable {
    /// The list is refused.
    case stop
    /// The sample is left out and listed in ``VideoList/rejected``.
    case skip
}
