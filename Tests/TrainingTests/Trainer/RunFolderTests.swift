import Foundation
import Testing
import Torch

@testable import Training

@Suite("The folder of a run")
struct RunFolderTests {
    private func checkpoint(_ step: Int) -> RunCheckpoint {
        var state = RunState()
        state.step = step
        return RunCheckpoint(
            trained: ["w": Tensor([Float(step)])], optimizer: ["exp_avg.w": .zeros([1])], average: [:], state: state)
    }

    @Test("the newest checkpoints stay, and the last one is what a run goes on from")
    func checkpoints() async throws {
        try await inFolder { place in
            let folder = RunFolder(place.path + "/run")
            #expect(folder.steps.isEmpty && !folder.exists)
            try folder.make()
            for step in [3, 10, 200] { try folder.write(checkpoint(step), keep: 2) }
            #expect(folder.steps == [10, 200])
            let found = try #require(try folder.newestCheckpoint())
            #expect(found.state.step == 200 && found.trained["w"]?.item(Double.self) == 200)
            #expect(Set(found.optimizer.keys) == ["exp_avg.w"])
        }
    }

    @Test("a checkpoint learns what happened at its step afterwards")
    func evaluatedLater() async throws {
        try await inFolder { place in
            let folder = RunFolder(place.path + "/run")
            try folder.make()
            try folder.write(checkpoint(5), keep: 1)
            var state = checkpoint(5).state
            _ = state.evaluated(0.5)
            let later = RunCheckpoint(trained: [:], optimizer: [:], average: [:], state: state)
            try folder.write(later, keep: 1)
            let found = try #require(try folder.newestCheckpoint())
            #expect(found.state.evaluatedStep == 5 && found.trained["w"]?.item(Double.self) == 5)
        }
    }

    @Test("what a killed run left is tidied away")
    func tidying() async throws {
        try await inFolder { place in
            let folder = RunFolder(place.path), files = FileManager.default
            try folder.make()
            let draft = place.path + "/checkpoints/.draft-7"
            for path in [draft, folder.best + ".old", folder.last, folder.last + ".old"] {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try Data().write(to: URL(filePath: folder.best + ".old/kept"))
            folder.tidy()
            #expect(!files.fileExists(atPath: draft) && files.fileExists(atPath: folder.best + "/kept"))
            #expect(files.fileExists(atPath: folder.last) && !files.fileExists(atPath: folder.last + ".old"))
        }
    }

    @Test("one run at a time has the folder")
    func lock() async throws {
        try await inFolder { place in
            let folder = RunFolder(place.path)
            do {
                let held = try RunLock(folder)
                let error = #expect(throws: TrainingError.self) { try RunLock(folder) }
                #expect(error?.description.contains("\(place.path): another run") == true)
                withExtendedLifetime(held) {}
            }
            _ = try RunLock(folder)
            #expect(throws: TrainingError.self) { try RunLock(RunFolder(place.path + "/none")) }
        }
    }

    @Test("a model is replaced whole; what fails leaves the old one")
    func replacing() async throws {
        struct Broken: Error {}
        try await inFolder { place in
            let folder = RunFolder(place.path), files = FileManager.default
            func write(_ name: String) throws {
                try folder.replace(folder.best) { path in
                    try files.createDirectory(atPath: path, withIntermediateDirectories: true)
                    try Data().write(to: URL(filePath: path + "/" + name))
                }
            }
            try write("a")
            try write("b")
            #expect(try files.contentsOfDirectory(atPath: folder.best) == ["b"])
            #expect(throws: Broken.self) { try folder.replace(folder.best) { _ in throw Broken() } }
            #expect(try files.contentsOfDirectory(atPath: folder.best) == ["b"])
            #expect(try files.contentsOfDirectory(atPath: place.path) == ["best"])
        }
    }

    @Test("a damaged checkpoint says what to remove", arguments: ["state.json", "trained.safetensors"])
    func damage(_ name: String) async throws {
        try await inFolder { place in
            let folder = RunFolder(place.path)
            try folder.make()
            try folder.write(checkpoint(5), keep: 1)
            try Data("x".utf8).write(to: URL(filePath: folder.checkpoint(5) + "/" + name))
            let error = try #require(throws: TrainingError.self) { try folder.newestCheckpoint() }
            #expect("\(error)".contains("step-00000005") && "\(error)".contains("remove the folder"))
        }
    }

    @Test("the best evaluation and the number since")
    func state() {
        var state = RunState()
        #expect(state.evaluated(0.2) && !state.evaluated(0.2) && !state.evaluated(0.1) && state.evaluatedStep == 0)
        #expect(state.evaluationsWithoutBest == 2)
        #expect(state.evaluated(0.3) && state.evaluationsWithoutBest == 0 && state.best?.value == 0.3)
    }
}
