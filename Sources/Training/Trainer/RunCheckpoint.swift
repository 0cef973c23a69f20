internal import CLIP
internal import Foundation
internal import Torch

/// What a run goes on from: trained parameters, what the optimiser remembers, and where the run is.
///
/// Frozen parameters are not in it; they come from where the run started.
struct RunCheckpoint {
    /// The trained parameters by name.
    let trained: [String: Tensor]
    /// What the optimiser remembers.
    let optimizer: [String: Tensor]
    /// The moving average of the weights; empty where there is none.
    let average: [String: Tensor]
    /// Where the run is.
    let state: RunState

    init(trained: [String: Tensor], optimizer: [String: Tensor], average: [String: Tensor], state: RunState) {
        (self.trained, self.optimizer, self.average, self.state) = (trained, optimizer, average, state)
    }

    init(contentsOf folder: String) throws(TrainingError) {
        do {
            state = try JSONDecoder().decode(
                RunState.self, from: try RegularFile.configuration(folder + "/state.json"))
            trained = try StateFile.read(folder + "/trained.safetensors").loadedTensors()
            optimizer = try StateFile.read(folder + "/optimizer.safetensors").loadedTensors()
            average = try StateFile.read(folder + "/average.safetensors").loadedTensors()
        } catch {
            throw .unreadable(
                path: folder,
                detail: "the checkpoint is damaged: \(error); remove the folder to go on from the one before")
        }
        guard state.version == 1, state.step >= 0 else {
            throw .unreadable(path: folder, detail: "a checkpoint of another version; start a new run")
        }
    }

    /// Writes the files into a folder that nobody reads yet.
    func write(to folder: String) throws {
        try StateFile.write(trained.mapValues { $0.detached() }, to: folder + "/trained.safetensors")
        try StateFile.write(optimizer, to: folder + "/optimizer.safetensors")
        try StateFile.write(average, to: folder + "/average.safetensors")
        try writeState(to: folder)
    }

    /// Writes what is no tensor, whole or not at all.
    func writeState(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(state).write(to: URL(fileURLWithPath: folder + "/state.json"), options: .atomic)
    }
}
