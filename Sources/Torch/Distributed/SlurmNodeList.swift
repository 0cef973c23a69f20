/// Slurm's short form of a list of machines: `gpu[01-04,07],login1`, `rack[1-2]node[1-8]`.
enum SlurmNodeList {
    /// The first machine, where task 0 runs.
    ///
    /// - Parameter list: the short form.
    /// - Returns: its name, or nil where the list is empty or its brackets do not fit together.
    static func firstHost(of list: String) -> String? {
        var host = ""
        var rest = list.drop { $0.isWhitespace }
        while let character = rest.popFirst() {
            switch character {
            case ",": return host.isEmpty ? nil : host
            case "[":
                guard let end = rest.firstIndex(of: "]") else { return nil }
                guard let number = firstNumber(of: rest[..<end]) else { return nil }
                host += number
                rest = rest[rest.index(after: end)...]
            case "]", " ", "\t", "\n": return nil
            default: host.append(character)
            }
        }
        return host.isEmpty ? nil : host
    }

    /// `01` of `01-04,07`, with its zeros.
    private static func firstNumber(of ranges: Substring) -> Substring? {
        let first = ranges.prefix { $0 != "," }
        let number = first.prefix { $0 != "-" }
        guard !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let last = first.dropFirst(number.count)
        guard last.isEmpty || (last.count > 1 && last.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return number
    }
}
