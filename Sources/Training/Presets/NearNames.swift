/// Which names somebody may have meant.
enum NearNames {
    /// Names that are near a misspelt one: those of which it is a part, else those with the fewest letters to change.
    ///
    /// - Parameters:
    ///   - name: what was written.
    ///   - names: what there is.
    /// - Returns: at most five names that hold all its words, else at most three.
    static func near(_ name: String, in names: [String]) -> [String] {
        let parts = name.lowercased().prefix(64).split { !$0.isLetter && !$0.isNumber }
        let holding = names.filter { other in
            !parts.isEmpty && parts.allSatisfy { other.lowercased().contains($0) }
        }
        guard holding.isEmpty else { return Array(holding.prefix(5)) }
        let word = Array(name.lowercased().prefix(64))
        func distance(_ other: String) -> Int { changes(word, Array(other.lowercased())) }
        return Array(names.sorted { (distance($0), $0) < (distance($1), $1) }.prefix(3))
    }

    /// The number of letters to insert, remove or replace (Levenshtein).
    private static func changes(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
