/// How the name of a class becomes words for a text tower.
///
/// The rule belongs to a trained model: ActionCLIP and ViFi-CLIP were given UCF101's names unsplit.
public enum LabelText: String, Sendable, Codable, CaseIterable {
    /// The name as it is.
    case verbatim
    /// Underscores become blanks, runs of blanks one, those at the ends none: `brush_hair` -> `brush hair`.
    case underscore
    /// As `underscore`, then words that are run together are parted and lower-cased: `YoYo` -> `yo yo`,
    /// `driveATVFast` -> `drive atv fast`.
    case camel
    /// Something-Something's brackets are removed: `Pushing [something]` -> `Pushing something`.
    case bracket

    /// The rule where nobody names one.
    public static let standard = underscore

    /// The words of a class.
    ///
    /// - Parameter name: the class's name.
    /// - Returns: its text.
    public func text(of name: String) -> String {
        switch self {
        case .verbatim: name
        case .underscore: Self.blanked(name)
        case .camel: Self.parted(Self.blanked(name)).lowercased()
        case .bracket: name.filter { $0 != "[" && $0 != "]" }
        }
    }

    private static func blanked(_ name: String) -> String {
        name.split { $0.isWhitespace || $0 == "_" }.joined(separator: " ")
    }

    /// Puts a blank between a lower-case and an upper-case letter, and between an acronym and a capitalised word.
    private static func parted(_ name: String) -> String {
        let letters = Array(name)
        var text = ""
        for (place, letter) in letters.enumerated() {
            if place > 0, letter.isUppercase {
                let before = letters[place - 1]
                let beginsWord = place + 1 < letters.count && letters[place + 1].isLowercase
                if before.isLowercase || before.isUppercase && beginsWord { text.append(" ") }
            }
            text.append(letter)
        }
        return text
    }
}
