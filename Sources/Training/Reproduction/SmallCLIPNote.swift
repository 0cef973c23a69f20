internal import Foundation

/// Which small CLIP the students of a folder of runs begin at: the file `small.json`.
struct SmallCLIPNote: Codable, Equatable {
    /// ``WeightDigest`` of its weights.
    let digest: String
    /// The steps that it was pretrained with in the folder; nil for one that was named, or where they were not noted.
    let steps: Int?

    init(digest: String, steps: Int?) { (self.digest, self.steps) = (digest, steps) }

    /// Reads a note; once it was the digest alone.
    init(from decoder: any Decoder) throws {
        if let digest = try? decoder.singleValueContainer().decode(String.self) {
            self.init(digest: digest, steps: nil)
        } else {
            let file = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                digest: try file.decode(String.self, forKey: .digest),
                steps: try file.decodeIfPresent(Int.self, forKey: .steps))
        }
    }

    /// Writes the note into a folder of runs, or refuses a folder with another one.
    func check(in folder: String) throws(TrainingError) {
        let path = folder + "/small.json"
        guard FileManager.default.fileExists(atPath: path) else { return try SortedJSON.write(self, to: path) }
        let found: SmallCLIPNote = try SortedJSON.read(from: path)
        if let steps, let before = found.steps, steps != before {
            throw .badRecipe(
                "\(folder) holds a small CLIP of \(before) steps, and \(steps) are asked for; give --student-steps "
                    + "\(before), or choose another folder of runs")
        }
        guard digest == found.digest else {
            throw .badRecipe("\(folder) holds runs that began at another small CLIP; choose another folder of runs")
        }
    }
}
