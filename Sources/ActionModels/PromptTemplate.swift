internal import Foundation

/// A sentence with a place for the name of an action.
public struct PromptTemplate: Sendable, Equatable, Codable {
    /// The sentence; `{}` stands for the name.
    public let text: String

    /// What replaces a name in a sentence, as the references write it.
    public static let placeholder = "{}"

    /// Makes a template.
    ///
    /// - Parameter text: a sentence with one `{}`; nil is returned for any other number.
    public init?(_ text: String) {
        guard text.components(separatedBy: Self.placeholder).count == 2 else { return nil }
        self.text = text
    }

    /// Decodes a template.
    ///
    /// - Parameter decoder: the source.
    /// - Throws: `DecodingError` for a sentence without exactly one `{}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let template = PromptTemplate(try container.decode(String.self, forKey: .text)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .text, in: container, debugDescription: "a template needs one \(Self.placeholder)")
        }
        self = template
    }

    init(verbatim text: String) { self.text = text }

    /// The name alone.
    public static let bare = PromptTemplate(verbatim: "{}")
    /// Suits actions named by a verb in -ing.
    public static let person = PromptTemplate(verbatim: "a video of a person {}")
    /// M2-CLIP's only template.
    public static let video = PromptTemplate(verbatim: "A video of {}")

    /// The sentence for a name.
    ///
    /// - Parameter label: an action in plain words.
    /// - Returns: the sentence.
    public func callAsFunction(_ label: String) -> String {
        text.replacingOccurrences(of: Self.placeholder, with: label)
    }
}
