public import Datasets

/// A list of videos as a recipe names it: a path, or a path and how the list is read.
///
///     train: data/train.txt
///     train: {path: k400/train.csv, format: kinetics, root: k400/videos}
public struct ListReference: Codable, Sendable, Equatable {
    private enum CodingKeys: String, CodingKey { case path }

    /// The path of the list.
    public var path: String
    /// How it is read.
    public var options: ListOptions

    /// Names a list.
    ///
    /// - Parameters:
    ///   - path: the path of the list.
    ///   - options: how it is read.
    public init(path: String, options: ListOptions = ListOptions()) {
        self.path = path
        self.options = options
    }

    /// Reads a path, or a path with options beside it.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        if let path = try? decoder.singleValueContainer().decode(String.self) {
            self.init(path: path)
        } else {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(path: try container.decode(String.self, forKey: .path), options: try ListOptions(from: decoder))
        }
    }

    /// Writes the path and the options.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        try options.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
    }
}
