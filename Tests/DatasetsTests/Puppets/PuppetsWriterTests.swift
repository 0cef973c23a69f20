import Foundation
import Testing
import Video

@testable import Datasets

@Suite("Writing Puppets data sets")
struct PuppetsWriterTests {
    private let plan = PuppetsPlan(seed: 7, size: 32, train: 6, validation: 3, heldOut: 2, secondLook: 2)

    /// Runs the body in a new folder that is removed afterwards.
    private func inFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("puppets-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func files(_ folder: URL) throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var files: [String: Data] = [:]
        for path in paths {
            let place = folder.appendingPathComponent(path)
            if let data = FileManager.default.contents(atPath: place.path), !path.isEmpty,
                !["train", "validation", "heldout", "second_look"].contains(path)
            {
                files[path] = data
            }
        }
        return files
    }

    private func text(_ folder: URL, _ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func bytesDoNotDependOnTheNumberOfWorkers() async throws {
        try await inFolder { one in
            try await PuppetsWriter(plan, to: one).write(workers: 1)
            try await inFolder { many in
                try await PuppetsWriter(plan, to: many).write(workers: 5)
                let (a, b) = (try files(one), try files(many))
                #expect(a.count == plan.total + 9)
                #expect(a == b)
            }
        }
    }

    @Test func listsNameFilesAndClasses() async throws {
        try await inFolder { folder in
            var seen: [Int] = []
            try await PuppetsWriter(plan, to: folder).write(workers: 2) { done, total in
                #expect(total == plan.total)
                seen.append(done)
            }
            #expect(seen == Array(1...plan.total))
            let classes = try text(folder, "classes.txt").split(separator: "\n").map(String.init)
            #expect(classes == Puppets.actions.map(\.name))
            for split in PuppetsSplit.allCases {
                let lines = try text(folder, "\(split.rawValue).txt").split(separator: "\n")
                #expect(lines.count == plan.count(of: split))
                for (index, line) in lines.enumerated() {
                    let parts = line.split(separator: " ")
                    let action = plan.clip(index, of: split).action
                    #expect(parts.count == 2)
                    #expect(parts[1] == "\(action.label)")
                    #expect(action.heldOut == (split == .heldOut))
                    let file = try VideoFile(path: folder.appendingPathComponent(String(parts[0])).path)
                    #expect(file.information.width == 32 && file.information.height == 32)
                    #expect(try file.times().count == plan.clip(index, of: split).count)
                }
            }
            let captions = try text(folder, "captions.jsonl").split(separator: "\n")
            #expect(captions.count == plan.total)
            let first = try #require(
                try JSONSerialization.jsonObject(with: Data(captions[0].utf8)) as? [String: Any])
            #expect(first["path"] as? String == "train/000000_raising_the_left_arm.mp4")
            #expect(first["action"] as? String == "raising the left arm")
            #expect(first["caption"] as? String == plan.clip(0, of: .train).caption(0))
        }
    }

    @Test func decodedFramesAreTheRenderedOnes() async throws {
        try await inFolder { folder in
            try await PuppetsWriter(PuppetsPlan(train: 1), to: folder).write()
            let clip = PuppetsPlan(train: 1).clip(0, of: .train)
            let path = folder.appendingPathComponent("train/000000_raising_the_left_arm.mp4").path
            let decoded = try VideoFile(path: path).frames(at: [0, 20])
            for (frame, index) in zip(decoded, [0, 20]) {
                let errors = zip(frame.pixels, clip.frame(index).pixels).map { abs(Int($0) - Int($1)) }
                #expect(Double(errors.reduce(0, +)) / Double(errors.count) < 8)
            }
        }
    }

    @Test func anInterruptedRunGoesOn() async throws {
        try await inFolder { folder in
            let writer = PuppetsWriter(plan, to: folder)
            let task = Task {
                try await writer.write(workers: 1) { done, _ in
                    if done == 3 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("train.txt").path))
            let clip = folder.appendingPathComponent(plan.path(0, of: .train)).path
            let before = try FileManager.default.attributesOfItem(atPath: clip)[.systemFileNumber] as? Int
            try Data("x".utf8).write(to: folder.appendingPathComponent("train/000005.mp4.1234.part"))
            try await writer.write(workers: 2)
            let after = try FileManager.default.attributesOfItem(atPath: clip)[.systemFileNumber] as? Int
            #expect(before != nil && before == after)
            #expect(try files(folder).count == plan.total + 9)
        }
    }

    @Test func foreignFoldersAreLeftAlone() async throws {
        try await inFolder { folder in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let note = folder.appendingPathComponent("note.txt")
            try Data("mine".utf8).write(to: note)
            await #expect(throws: DatasetError.self) { try await PuppetsWriter(plan, to: folder).write() }
            await #expect(throws: DatasetError.self) { try await PuppetsWriter(plan, to: note).write() }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["note.txt"])
        }
    }

    @Test func otherSettingsAreRefused() async throws {
        try await inFolder { folder in
            try await PuppetsWriter(PuppetsPlan(size: 32, train: 1), to: folder).write()
            let error = await #expect(throws: DatasetError.self) {
                try await PuppetsWriter(PuppetsPlan(size: 32, train: 2), to: folder).write()
            }
            #expect(error?.description.contains("other settings") == true)
            try Data("{".utf8).write(to: folder.appendingPathComponent("dataset.json"))
            await #expect(throws: DatasetError.self) {
                try await PuppetsWriter(PuppetsPlan(size: 32, train: 1), to: folder).write()
            }
        }
    }

    @Test(arguments: [
        PuppetsPlan(), PuppetsPlan(size: 33, train: 1), PuppetsPlan(size: 16, train: 1), PuppetsPlan(train: -1),
        PuppetsPlan(train: 2_000_000),
    ])
    func impossiblePlans(_ plan: PuppetsPlan) {
        #expect(throws: DatasetError.self) { try plan.validate() }
    }

    @Test func splitsAndLengthsShareNoDraws() {
        let (short, long) = (PuppetsPlan(train: 5), PuppetsPlan(train: 50, validation: 50))
        #expect((0..<5).allSatisfy { short.clip($0, of: .train) == long.clip($0, of: .train) })
        let seeds = (0..<50).flatMap { index in PuppetsSplit.allCases.map { long.clip(index, of: $0).seed } }
        #expect(Set(seeds).count == seeds.count)
    }
}
