/// Which files of a repository make a CLIP model directory.
enum ModelFiles {
    /// Configuration, preprocessing, vocabulary and labels, as far as they are there.
    private static let companions = [
        "config.json", "preprocessor_config.json", "open_clip_config.json", "tokenizer.json", "tokenizer_config.json",
        "special_tokens_map.json", "vocab.json", "merges.txt", "bpe_simple_vocab_16e6.txt.gz", "labels.txt",
    ]

    /// Weights in the order of preference: safetensors before pickles, and Hugging Face's names before open_clip's.
    private static let huggingFace = ["model.safetensors", "model.safetensors.index.json"]
    private static let huggingFacePickles = ["pytorch_model.bin", "pytorch_model.bin.index.json"]
    private static let openCLIP = ["open_clip_model.safetensors"]
    private static let openCLIPPickles = ["open_clip_pytorch_model.bin"]

    /// The files to fetch.
    ///
    /// - Parameters:
    ///   - files: the files of the repository.
    ///   - model: the model that messages name.
    /// - Returns: the companions that are there, and one form of the weights, with its parts when it is sharded.
    /// - Throws: ``HubError/noWeights(model:)``.
    static func needed(of files: [HubFile], model: ModelName) throws(HubError) -> [HubFile] {
        let names = Set(files.map(\.path))
        let weights = try weights(among: files.map(\.path), names: names, model: model)
        let wanted = Set(companions).intersection(names).union(weights)
        return files.filter { wanted.contains($0.path) }
    }

    private static func weights(
        among paths: [String], names: Set<String>, model: ModelName
    ) throws(HubError) -> [String] {
        // A repository without Hugging Face's configuration describes its open_clip files only.
        let order =
            names.contains("config.json")
            ? huggingFace + openCLIP + huggingFacePickles + openCLIPPickles
            : openCLIP + huggingFace + openCLIPPickles + huggingFacePickles
        if let name = order.first(where: names.contains) {
            return name.hasSuffix(".index.json") ? [name] + shards(of: name, among: paths) : [name]
        }
        // TinyCLIP and others name their only checkpoint as they like.
        for suffix in [".safetensors", ".pt", ".pth", ".bin"] {
            let candidates = paths.filter { $0.hasSuffix(suffix) && !$0.contains("/") }
            if candidates.count == 1 { return candidates }
        }
        throw .noWeights(model: model.description)
    }

    /// The parts that belong to an index: `model-00001-of-00002.safetensors` to `model.safetensors.index.json`.
    private static func shards(of index: String, among paths: [String]) -> [String] {
        let parts = index.split(separator: ".")
        return paths.filter { path in
            path.hasPrefix("\(parts[0])-") && path.hasSuffix(".\(parts[1])") && path.contains("-of-")
        }
    }
}
