import ArgumentParser
import Foundation
import Hub
import Recognition
import Torch

/// Which model computes, and how.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A model directory, a checkpoint of ActionCLIP, M2-CLIP, EVL, ST-Adapter or of any CLIP format, or a "
                + "fetched model OWNER/NAME[@REVISION] (default: the bundled verb-tiny-m2clip).",
            valueName: "path|name"))
    var model: String?

    @OptionGroup var video: VideoModelOptions

    @Option(
        help: ArgumentHelp(
            "The vocabulary, for models that came without one (default: the one that `make setup` fetched).",
            valueName: "file"))
    var vocabulary: String?

    @Option(help: "Threads of LibTorch (default: the number of cores).")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024.") }
    }

    /// Reads the model; says on standard error what a user should know about it.
    ///
    /// - Parameters:
    ///   - frames: the number of frames a clip, which the weights of some checkpoints do not tell.
    ///   - library: where models are looked for.
    /// - Returns: the model.
    /// - Throws: `RecognitionError` for a model that cannot be found or used.
    func load(
        frames: Int? = nil, _ library: ModelLibrary = .withHubCache
    ) async throws(RecognitionError) -> RecognitionModel {
        if let threads { TorchRuntime.threads = threads }
        let reference = try library.locate(model)
        let options = try video.options(frames: frames, library)
        let loaded = try await library.load(reference, options: options, vocabulary: vocabulary)
        if case .bundled(let bundled, _) = reference {
            Notices.write(
                "note: the bundled model \(bundled.name) knows the synthetic world Puppets only"
                    + (bundled == .clip ? ", and cannot tell the order of time" : "")
                    + "; name a real model with --model")
        }
        for warning in loaded.warnings { Notices.write("warning: \(loaded.path): \(warning)") }
        return loaded
    }
}

extension ModelLibrary {
    /// Models by path, or by name once they were fetched with `verb pull`.
    static var withHubCache: ModelLibrary {
        ModelLibrary(cacheLookup: { name in
            let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
            guard let model = parts.first.flatMap({ try? ModelName($0) }), let hub = try? HubConfiguration() else {
                return nil
            }
            return HubClient(hub).cached(model, revision: parts.count > 1 ? parts[1] : "main")?.folder.path
        })
    }
}
