public import ActionModels
internal import CLIP
internal import Foundation

/// The words that masked words are told from, numbered from 0.
///
/// The words of the templates, of all class names and of the class list's header, lower-case, cut at whitespace with their
/// punctuation, in the order of code points. The rule reproduces the released Kinetics-400 file; that of
/// Something-Something v2 was edited by hand.
/// Source: M2-CLIP `k400_mlm_lables.txt`, `sthv2_mlm_lables.txt`.
public struct LabelVocabulary: Sendable, Equatable {
    /// The words; a word's id is its position.
    public let words: [String]
    /// Words as bytes, because strings of Swift are equal when their code points are not.
    private let ids: [[UInt8]: Int]

    /// The id of words that are not in the vocabulary: the first word's, "a" in the released files.
    public static let unknownID = 0

    /// Gathers the words of class names.
    ///
    /// - Parameters:
    ///   - classes: the names.
    ///   - templates: the sentences around names.
    ///   - header: the head of the column of names in the class list, whose words the released files hold too.
    public init(classes: [String], templates: [PromptTemplate] = [.video], header: String = "name") {
        let texts = templates.map { $0(" ") } + [header] + classes
        let found = Set(texts.flatMap { LabelSentence.words(of: $0) }.map { Array($0.utf8) })
        self.init(words: found.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) })
    }

    private init(words: [String]) {
        self.words = words
        ids = Dictionary(words.enumerated().map { (Array($1.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads a file of `word id` lines, the ids 0 to Q - 1 in any order.
    ///
    /// - Parameter path: the file, UTF-8.
    /// - Throws: `TrainingError.unreadable` with the line.
    public init(contentsOf path: String) throws(TrainingError) {
        guard let data = try? RegularFile.configuration(path), let text = String(data: data, encoding: .utf8)
        else { throw .unreadable(path: path, detail: "no readable file of UTF-8 text") }
        var byID: [Int: String] = [:]
        var known: Set<[UInt8]> = []
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        for (number, line) in lines.enumerated() {
            let parts = LabelSentence.parts(of: String(line))
            if parts.isEmpty { continue }
            guard parts.count == 2, let id = Int(parts[1]), id >= 0 else {
                throw .unreadable(path: path, detail: "line \(number + 1): expected a word, a blank and its id")
            }
            guard byID.updateValue(parts[0], forKey: id) == nil, known.insert(Array(parts[0].utf8)).inserted else {
                throw .unreadable(path: path, detail: "line \(number + 1): the word or its id comes twice")
            }
        }
        let words = (0..<byID.count).compactMap { byID[$0] }
        guard !words.isEmpty, words.count == byID.count else {
            throw .unreadable(path: path, detail: "the ids are not 0 to \(byID.count - 1)")
        }
        self.init(words: words)
    }

    /// The number Q of words.
    public var count: Int { words.count }

    /// The id of a word.
    ///
    /// - Parameter word: lower-case.
    /// - Returns: its id, ``unknownID`` for other words.
    public func id(of word: String) -> Int { ids[Array(word.utf8)] ?? Self.unknownID }

    /// Writes the reference's file.
    ///
    /// - Parameter path: where to; an existing file is replaced whole.
    /// - Throws: `TrainingError.unwritable`.
    public func write(to path: String) throws(TrainingError) {
        let text = words.enumerated().map { "\($1) \($0)\n" }.joined()
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw .unwritable(path: path, detail: error.localizedDescription)
        }
    }
}

/// How sentences fall into words.
enum LabelSentence {
    /// The lower-case words of a text, with their punctuation.
    static func words(of text: String) -> [String] { parts(of: text.lowercased()) }

    /// What stands between whitespace.
    static func parts(of text: String) -> [String] {
        text.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
    }
}
