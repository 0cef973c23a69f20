internal import CTorch

extension ProcessGroup {
    /// Waits until all processes are here.
    ///
    /// - Throws: `ProcessGroupError` if one is lost, late or elsewhere.
    public func barrier() throws(ProcessGroupError) { try announce("barrier") }

    /// Asks all processes a question, at the price of the shortest message.
    ///
    /// - Parameters:
    ///   - answer: this process's.
    ///   - question: what is asked, for the error.
    /// - Returns: whether any process said yes; the same in all of them.
    /// - Throws: `ProcessGroupError` if one is lost, late or elsewhere.
    public func any(_ answer: Bool, _ question: String) throws(ProcessGroupError) -> Bool {
        try announce("asking \(question)", amount: answer ? 1 : 0).contains(1)
    }

    /// Hands everybody's bytes to everybody.
    ///
    /// - Parameter bytes: any number of them.
    /// - Returns: the bytes of each process, by rank.
    /// - Throws: `ProcessGroupError` if a process is lost, late or elsewhere.
    public func gathered(_ bytes: [UInt8]) throws(ProcessGroupError) -> [[UInt8]] {
        let operation = "gathering bytes"
        guard let link = try connection(for: operation) else { return [bytes] }
        let counts = try announce(operation, amount: bytes.count)
        guard let longest = counts.max(), longest > 0 else { return counts.map { _ in [] } }
        let padded = bytes + [UInt8](repeating: 0, count: longest - bytes.count)
        let all = try exchange(padded, by: link, operation)
        return counts.indices.map { Array(all[($0 * longest)...].prefix(counts[$0])) }
    }

    /// Checks that all processes hold the same text: a digest of the recipe, of a list, of initial weights.
    ///
    /// - Parameters:
    ///   - text: what this process holds.
    ///   - subject: what it is, for the error.
    /// - Throws: `ProcessGroupError.mismatch` in every process, with each one's text; of long ones with the lines that
    ///   not all have.
    public func verifySame(_ text: String, _ subject: String) throws(ProcessGroupError) {
        let texts = try gathered(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
        guard Set(texts).count > 1 else { return }
        let lines = texts.map { $0.split(separator: "\n") }
        let common = lines.dropFirst().reduce(into: Set(lines[0])) { $0.formIntersection($1) }
        let own = lines.map { lines in
            lines.filter { !common.contains($0) }.map { String($0.drop { $0 == " " }) }.joined(separator: ", ")
        }
        throw .mismatch(subject: subject, values: Set(own).count > 1 ? own : texts)
    }

    /// Tells the others which operation comes next, and waits for them to say the same.
    ///
    /// - Parameters:
    ///   - operation: the operation and what must be equal everywhere; 184 bytes of it are compared.
    ///   - amount: a number that may differ.
    /// - Returns: everybody's amount, by rank.
    /// - Throws: `ProcessGroupError.mismatch` where another process is about to do something else.
    @discardableResult
    func announce(_ operation: String, amount: Int = 0) throws(ProcessGroupError) -> [Int] {
        guard let link = try connection(for: operation) else { return [amount] }
        let head = withUnsafeBytes(of: Int64(amount).littleEndian) { Array($0) }
        let text = Array(operation.utf8.prefix(Self.messageBytes - head.count))
        let own = head + text + [UInt8](repeating: 0, count: Self.messageBytes - head.count - text.count)
        let all = try exchange(own, by: link, operation)
        let messages = (0..<size).map { all[($0 * Self.messageBytes)...].prefix(Self.messageBytes) }
        let texts = messages.map { String(decoding: $0.dropFirst(head.count).prefix { $0 != 0 }, as: UTF8.self) }
        guard Set(texts).count == 1 else { throw .mismatch(subject: "what to do next", values: texts) }
        return messages.map { message in
            message.prefix(head.count).reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private static let messageBytes = 192

    /// As many bytes from everybody.
    private func exchange(
        _ own: [UInt8], by link: GroupLink, _ operation: String
    ) throws(ProcessGroupError) -> [UInt8] {
        let (input, output) = (Tensor(own), Tensor.zeros([size * own.count], dtype: .uint8))
        guard ct_group_all_gather(link.handle, output.handle, input.handle) else { throw failure(operation) }
        return output.array(of: UInt8.self)
    }
}
