import ArgumentParser
import Foundation

/// Clips a second from H.264 files, beside the Python readers.
struct LoaderBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loader",
        abstract: "Clips a second from H.264 files, beside PyAV, decord and torchcodec.",
        discussion: """
            Every library runs in a process of its own and answers the same jobs in turn, file by file: open the file, \
            deliver the frames as one contiguous array of 8-bit RGB at the file's size. The frames' numbers are checked \
            before anything is timed. One decoder thread for each worker; workers are threads in Verb and processes in \
            Python. The files are read before, so the page cache is warm.

            The peers need Python with the packages of Benchmarks/peers/requirements.txt:
              verb-benchmarks loader --python .venv/bin/python
              verb-benchmarks loader --rounds 1 --size 320 --workers 1
            """)

    @Option(help: "The Python with the peers' packages; without it Verb is measured alone.")
    var python: String?

    @Option(help: "The peers' script.")
    var script = "peers/loader.py"

    @Option(help: "The folder of the files, which are written when they are missing.")
    var folder = FileManager.default.temporaryDirectory.appendingPathComponent("verb-loader-benchmark").path

    @Option(help: "How often every measurement is made; the median counts.")
    var rounds = 3

    @Option(help: "Only files of this width.")
    var size: Int?

    @Option(help: "Only these frames.")
    var frames: [FramePattern] = []

    @Option(help: "Numbers of workers.")
    var workers = [1, 2]

    @Option(help: "Clips of one measurement; half of it for large files.")
    var clips = 16

    func validate() throws {
        guard rounds > 0, clips > 1, workers.allSatisfy({ $0 > 0 }) else {
            throw ValidationError("Numbers must be positive, and clips at least 2.")
        }
    }

    func run() throws {
        try LoaderFile.write(to: folder, note)
        let readers = try readers()
        defer { for reader in readers { reader.finish() } }
        var table = LoaderTable(readers.map(\.name))
        for round in 1...rounds {
            for file in LoaderFile.all where size == nil || file.width == size {
                note("round \(round) of \(rounds): \(file.title)")
                for pattern in frames.isEmpty ? FramePattern.allCases : frames {
                    for workers in workers { try measure(file, pattern, workers, readers, &table) }
                }
            }
        }
        print("\(Machine.name), \(ProcessInfo.processInfo.activeProcessorCount) cores; medians of \(rounds)\n")
        print(table.markdown)
    }

    private func measure(
        _ file: LoaderFile, _ pattern: FramePattern, _ workers: Int, _ readers: [LoaderReader],
        _ table: inout LoaderTable
    ) throws {
        let count = file.width > 640 ? max(2, clips / 2) : clips
        let job = LoaderJob(
            file: "\(folder)/\(file.name)",
            clips: (0..<count).map { pattern.indices(clip: $0, of: LoaderFile.frames) }, workers: workers)
        let row = LoaderTable.Row(file: file, pattern: pattern, workers: workers)
        for reader in readers { table.add(try reader.answer(job), clips: count, reader.name, row) }
    }

    private func readers() throws -> [LoaderReader] {
        var readers = [try LoaderReader.verb(clips: false), try LoaderReader.verb(clips: true)]
        guard let python else { return readers }
        let path = python.contains("/") ? python : "/usr/bin/env"
        let prefix = python.contains("/") ? [path] : [path, python]
        for name in ["pyav", "pyav-seek", "decord", "torchcodec", "torchcodec-approximate"] {
            readers.append(try LoaderReader(name, command: prefix + [script, name]))
        }
        return readers
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
