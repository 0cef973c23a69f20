internal import Foundation

extension EvaluationManifest {
    /// A setting or figure that two manifests say differently.
    public struct Difference: Sendable, Equatable, CustomStringConvertible {
        /// Its place, such as `clips.resize` or `result.parts.0.report.top1`.
        public let field: String
        /// What this manifest says, as JSON; nil where it does not say it.
        public let value: String?
        /// What the other says.
        public let other: String?

        /// Whether it is an outcome and no setting.
        public var isOutcome: Bool { ["result.", "baseline.", "fusions.", "curve."].contains(where: field.hasPrefix) }

        /// The place and both values.
        public var description: String { "\(field): \(value ?? "nothing") instead of \(other ?? "nothing")" }
    }

    /// The settings that nothing was stated for.
    public var unstated: [String] {
        var stated: [(String, Bool)] = [("lists", !lists.isEmpty), ("models", !models.isEmpty)]
        for (place, list) in lists.enumerated() { stated += list.stated.map { ("lists.\(place).\($0)", $1) } }
        for (place, model) in models.enumerated() { stated += model.stated.map { ("models.\(place).\($0)", $1) } }
        stated += (baselineModel?.stated ?? []).map { ("baselineModel.\($0)", $1) }
        stated.append(("baselineModel", (baseline == nil) == (baselineModel == nil)))
        stated += clips.stated.map { ("clips.\($0)", $1) }
        stated += environment.stated.map { ("environment.\($0)", $1) }
        return stated.filter { !$0.1 }.map(\.0)
    }

    /// Writes the manifest as JSON with sorted keys; the file appears whole or not at all.
    ///
    /// - Parameter path: the file; an existing one is replaced.
    /// - Throws: `TrainingError.badEvaluation` if a setting was not stated, `unwritable`.
    public func write(to path: String) throws(TrainingError) {
        let unstated = unstated
        guard unstated.isEmpty else {
            throw .badEvaluation("the manifest does not say \(unstated.joined(separator: ", "))")
        }
        try SortedJSON.write(self, to: path)
    }

    /// Reads a manifest.
    ///
    /// - Parameter path: the file.
    /// - Throws: `TrainingError.unreadable`.
    public init(contentsOf path: String) throws(TrainingError) {
        self = try SortedJSON.read(from: path)
        guard !result.parts.isEmpty, baseline?.parts.isEmpty != true else {
            throw .unreadable(path: path, detail: "it holds a result without parts")
        }
        guard format == Self.formatName, version == 1 else {
            throw .unreadable(
                path: path,
                detail: "format \(format), version \(version); this Verb reads \(Self.formatName), version 1")
        }
    }

    /// What this manifest says differently than another.
    ///
    /// - Parameter other: the manifest to compare with, for example that of an earlier run.
    /// - Returns: all settings and figures that differ, by place.
    public func differences(from other: EvaluationManifest) -> [Difference] {
        let (mine, others) = (leaves, other.leaves)
        return Set(mine.keys).union(others.keys).sorted().compactMap { field in
            mine[field] == others[field]
                ? nil : Difference(field: field, value: mine[field], other: others[field])
        }
    }

    private var leaves: [String: String] {
        guard let data = try? SortedJSON.bytes(self), let tree = try? SortedJSON.value(JSONTree.self, from: data) else {
            fatalError("EvaluationManifest: it has a value that is no JSON")
        }
        return Dictionary(tree.leaves(at: ""), uniquingKeysWith: { first, _ in first })
    }
}

extension EvaluationManifest.Videos {
    fileprivate var stated: [(String, Bool)] {
        [
            ("list", !list.isEmpty), ("listDigest", !listDigest.isEmpty), ("classes", !classes.isEmpty),
            ("classesDigest", !classesDigest.isEmpty), ("labelRule", !labelRule.isEmpty),
            ("labels", labels.count == classes.count), ("indicesDigest", !indicesDigest.isEmpty),
        ]
    }
}

extension EvaluationManifest.Clips {
    fileprivate var stated: [(String, Bool)] {
        [
            ("decoder", !decoder.isEmpty), ("sampling", !sampling.isEmpty), ("crop", !crop.isEmpty),
            ("resize", !resize.isEmpty), ("frames", frames > 0), ("temporalViews", temporalViews > 0),
            ("crops", crops > 0), ("width", width > 0), ("height", height > 0),
            ("mean and std", mean.count == 3 && std.count == 3),
        ]
    }
}

extension EvaluationManifest.Model {
    fileprivate var stated: [(String, Bool)] {
        let texts = head == .classes || (!templates.isEmpty && ensemble != nil && logitScale != nil)
        return [
            ("path", !path.isEmpty), ("kind", !kind.isEmpty), ("weightsDigest", !weightsDigest.isEmpty),
            ("activation", !activation.isEmpty), ("precision", !precision.isEmpty), ("templates", texts),
            ("startDigest", interpolation == nil || startDigest != nil),
        ]
    }
}

extension EvaluationManifest.Environment {
    fileprivate var stated: [(String, Bool)] {
        [
            ("verb", !verb.isEmpty), ("libTorch", !libTorch.isEmpty), ("ffmpeg", !ffmpeg.isEmpty),
            ("device", !device.isEmpty), ("threads", threads > 0), ("processes", processes > 0),
            ("command", !command.isEmpty),
        ]
    }
}

/// Any JSON value.
private enum JSONTree: Decodable {
    case object([String: JSONTree])
    case array([JSONTree])
    case leaf(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode([String: JSONTree].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .leaf("\(value)")
        } else if let value = try? container.decode(Double.self) {
            self = .leaf("\(value)")
        } else if container.decodeNil() {
            self = .leaf("null")
        } else {
            self = .leaf("\"\(try container.decode(String.self))\"")
        }
    }

    func leaves(at place: String) -> [(String, String)] {
        func below(_ name: String) -> String { place.isEmpty ? name : place + "." + name }
        switch self {
        case .object(let items): return items.flatMap { $1.leaves(at: below($0)) }
        case .array(let items):
            // The length tells an empty array from none.
            return [(below("count"), "\(items.count)")] + items.enumerated().flatMap { $1.leaves(at: below("\($0)")) }
        case .leaf(let text): return [(place, text)]
        }
    }
}
