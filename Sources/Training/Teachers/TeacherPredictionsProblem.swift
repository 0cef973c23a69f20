/// What can be wrong with kept predictions of a teacher.
public enum TeacherPredictionsProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// A folder without predictions, or with those of another version of the format.
    case notPredictions(String)
    /// Predictions of another teacher, of other classes or of clips that were made otherwise: what differs.
    case otherSource([String])
    /// Predictions of other videos than those of the list: what differs.
    case otherVideos(String)
    /// A file whose content is not what the manifest says, or cannot be read.
    case damaged(String)
    /// A video of the list that the teacher cannot see.
    case unreadableVideo(String, reason: String)
    /// A folder or file that cannot be written.
    case unwritable(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notPredictions(let detail): "no predictions of a teacher: \(detail); `verb distill` makes them"
        case .otherSource(let differences):
            "the predictions were made otherwise (\(differences.prefix(5).joined(separator: "; "))); use another folder"
        case .otherVideos(let detail):
            "the predictions belong to other videos: \(detail); make predictions of this list with `verb distill`"
        case .damaged(let detail): "\(detail); remove the folder and make the predictions again"
        case .unreadableVideo(let path, let reason):
            "\(path) cannot be read, so the teacher says nothing of it: \(reason); `verb data check --clean` makes a list "
                + "without such videos"
        case .unwritable(let detail): "cannot be written: \(detail)"
        }
    }
}
