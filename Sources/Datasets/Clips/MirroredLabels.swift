internal import Foundation

/// The classes of mirrored clips.
public struct MirroredLabels: Sendable, Equatable {
    private let partner: [Int: Int]

    /// Makes the exchange.
    ///
    /// - Parameter pairs: pairs of positions; each stands in one pair at most.
    init(_ pairs: [[Int]]) {
        let both = pairs.filter { $0.count == 2 }.flatMap { [($0[0], $0[1]), ($0[1], $0[0])] }
        partner = Dictionary(both, uniquingKeysWith: { first, _ in first })
    }

    /// The classes that a mirrored clip shows.
    ///
    /// - Parameter labels: the classes of the clip.
    /// - Returns: as many classes.
    func callAsFunction(_ labels: [Int]) -> [Int] { labels.map { partner[$0] ?? $0 } }

    static func problem(_ pairs: [[Int]]) -> String? {
        let all = pairs.flatMap(\.self)
        guard pairs.allSatisfy({ $0.count == 2 }), all.allSatisfy({ $0 >= 0 }), Set(all).count == all.count else {
            return "must be pairs of class positions from 0, each position once"
        }
        return nil
    }

    /// A description with left and right exchanged, as a mirror image needs.
    ///
    /// - Parameter text: a caption or class name.
    /// - Returns: the same text with the two words exchanged, lower-case or capitalised.
    public static func exchanged(_ text: String) -> String {
        text.replacing(/(?i)\b(left|right)\b/) { match in
            let word = String(match.output.0)
            let other = word.lowercased() == "left" ? "right" : "left"
            if word == word.uppercased() { return other.uppercased() }
            return word.first?.isUppercase == true ? other.capitalized : other
        }
    }

    /// Whether a text tells left from right, in words that may also be joined by capitals, `_`, or digits.
    static func tellsSides(_ text: String) -> Bool {
        let words = text.replacing(/[a-z](?=[A-Z])/) { $0.output + " " }.lowercased()
        return words.split { !$0.isLetter }.contains { $0 == "left" || $0 == "right" }
    }
}

extension TrainingClips {
    /// Refuses to mirror clips whose classes tell left from right, unless it is known which classes a mirror exchanges.
    ///
    /// - Parameter classes: the names of the classes.
    /// - Throws: `DatasetError.badClips` with the names, or for a pair outside of the list.
    public func checkMirroring(of classes: [String]) throws(DatasetError) {
        guard flip > 0 else { return }
        if let pairs = flipLabels {
            guard let wrong = pairs.joined().first(where: { !classes.indices.contains($0) }) else { return }
            throw .badClips("flipLabels names class \(wrong), but there are \(classes.count)")
        }
        let sided = classes.filter(MirroredLabels.tellsSides)
        guard let first = sided.first else { return }
        throw .badClips(
            "flip is \(flip), but \(sided.count) classes tell left from right, such as \"\(first)\"; set flip: 0, or "
                + "flipLabels to the pairs of classes that a mirror image exchanges ([] if there are none)")
    }
}
