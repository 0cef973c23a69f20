import Foundation

/// Runs a case in a process of its own, so that its peak of memory is its own.
struct Probe {
    /// The arguments of the hidden command that measures.
    let arguments: [String]

    func run() throws -> Measurement {
        let process = Process(), pipe = Pipe()
        process.executableURL = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(arguments: arguments, status: process.terminationStatus)
        }
        return try JSONDecoder().decode(Measurement.self, from: data)
    }

    struct Failure: Error, CustomStringConvertible {
        let arguments: [String]
        let status: Int32
        var description: String { "\(arguments.joined(separator: " ")): ended with status \(status)" }
    }
}
