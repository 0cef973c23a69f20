extension RandAugment {
    /// Reads timm's notation, strictly: sections after `rand`, each once, apart by hyphens.
    ///
    /// `m` the magnitude (0...10) and `n` the number of operations in digits, `mstd` the deviation as a plain decimal
    /// number, `inc1` the list of growing severity, `w0` the table of weights, which timm has for the other list only.
    ///
    /// - Parameter text: for example `rand-m7-n4-mstd0.5-inc1`.
    /// - Throws: `VideoError` of `invalidRequest` that names the section.
    public init(timm text: String) throws(VideoError) {
        func refused(_ detail: String) -> VideoError {
            VideoError(.invalidRequest, detail: "augmentation \(text.prefix(80)): \(detail)")
        }
        var sections = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard sections.first == "rand" else { throw refused("only rand is known") }
        sections.removeFirst()
        self.init(count: 2, magnitude: 10, deviation: 0)
        severity = .plain
        var seen: Set<String> = []
        for section in sections {
            let key = section.prefix { $0.isLetter }, value = section.dropFirst(key.count)
            guard seen.insert(String(key)).inserted else { throw refused("\(key) stands there twice") }
            switch (key, Self.whole(value), Self.decimal(value)) {
            case ("m", let number?, _) where number <= 10: magnitude = Double(number)
            case ("n", let number?, _) where number <= 100: count = number
            case ("mstd", _, let number?): deviation = number
            case _ where section == "inc1": severity = .increasing
            case _ where section == "w0": choice = .weighted
            default: throw refused("\(section.prefix(80)) is not understood")
            }
        }
        guard choice == .uniform || severity == .plain else { throw refused("w0 has no weights for inc1's operations") }
        let drawable = Kind.allCases.count { $0.weight > 0 }
        guard choice == .uniform || count <= drawable else { throw refused("w0 draws at most \(drawable) operations") }
    }

    /// A number written in ASCII digits alone.
    private static func whole(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }

    /// A number written in digits with at most one point between them.
    private static func decimal(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
