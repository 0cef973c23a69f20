import Foundation

/// A library in a process of its own that answers jobs.
final class LoaderReader {
    let name: String
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var rest = Data()

    init(_ name: String, command: [String]) throws {
        self.name = name
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Verb's own, whole frames or model input.
    static func verb(clips: Bool) throws -> LoaderReader {
        let path = Bundle.main.executableURL?.path ?? CommandLine.arguments[0]
        return try LoaderReader(
            clips ? "Verb's loader, 224 pixels" : "Verb", command: [path, "loader-probe"] + (clips ? ["--clips"] : []))
    }

    func answer(_ job: LoaderJob) throws -> LoaderAnswer {
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(job) + Data("\n".utf8))
        while true {
            if let end = rest.firstIndex(of: 10) {
                let line = rest[rest.startIndex..<end]
                rest = Data(rest[(end + 1)...])
                return try JSONDecoder().decode(LoaderAnswer.self, from: line)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Ended(name: name) }
            rest += more
        }
    }

    func finish() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    struct Ended: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name) ended without an answer; its own words are above" }
    }
}
