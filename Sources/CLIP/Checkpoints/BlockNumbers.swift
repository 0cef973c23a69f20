/// The numbers of repeated places in parameter names, such as N in `transformer.resblocks.N.ln_1.weight`.
package enum BlockNumbers {
    /// The number behind a prefix.
    ///
    /// - Parameters:
    ///   - prefix: the part of the name before the number, with its dot.
    ///   - name: a parameter's name.
    /// - Returns: nil for names without the prefix, or with something else behind it.
    package static func number(after prefix: String, in name: String) -> Int? {
        guard name.hasPrefix(prefix) else { return nil }
        return name.dropFirst(prefix.count).split(separator: ".").first.flatMap { Int($0) }
    }

    /// How many numbers there are, and the first that is missing below that.
    ///
    /// - Parameters:
    ///   - prefix: the part of the names before the number, with its dot.
    ///   - names: the parameters' names.
    /// - Returns: the gap is nil where the numbers are 0 to the count.
    package static func count(after prefix: String, in names: some Sequence<String>) -> (count: Int, gap: Int?) {
        let found = Set(names.compactMap { number(after: prefix, in: $0) })
        return (found.count, (0..<found.count).first { !found.contains($0) })
    }
}
