import Foundation
import Testing

@testable import Training

@Suite("The small CLIP of a folder of runs")
struct SmallCLIPNoteTests {
    @Test("its weights must stay, and its steps where they are noted")
    func notes() async throws {
        try await inFolder { folder in
            let path = folder.path + "/small.json", usual = Reproduction.smallCLIP.steps
            try SmallCLIPNote(digest: "a", steps: 7).check(in: folder.path)
            try SmallCLIPNote(digest: "a", steps: 7).check(in: folder.path)
            // One that is named was pretrained elsewhere.
            try SmallCLIPNote(digest: "a", steps: nil).check(in: folder.path)
            for other in [SmallCLIPNote(digest: "b", steps: 7), SmallCLIPNote(digest: "a", steps: usual)] {
                #expect(throws: TrainingError.self) { try other.check(in: folder.path) }
            }
            // A digest alone does not say how many steps it took.
            try Data("\"a\"\n".utf8).write(to: URL(filePath: path))
            for steps in [usual, 7, nil] { try SmallCLIPNote(digest: "a", steps: steps).check(in: folder.path) }
            let other = SmallCLIPNote(digest: "b", steps: usual)
            #expect(throws: TrainingError.self) { try other.check(in: folder.path) }
            try Data("[1]".utf8).write(to: URL(filePath: path))
            #expect(throws: TrainingError.self) { try SmallCLIPNote(digest: "a", steps: 7).check(in: folder.path) }
        }
    }

    @Test("one process at a time holds a folder, the others wait")
    func lock() async throws {
        try await inFolder { folder in
            let place = RunFolder(folder.path)
            var lock: RunLock? = try RunLock(place)
            #expect(throws: TrainingError.self) { _ = try RunLock(place) }
            let waiting = Task { _ = try await RunLock.waited(for: place) }
            let cancelled = Task { _ = try await RunLock.waited(for: place) }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(lock != nil)
            lock = nil
            try await waiting.value
        }
    }
}
