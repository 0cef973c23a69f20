public import ArgumentParser
import Datasets
import Foundation
public import Training

extension EvaluationProtocol: ExpressibleByArgument {}

/// Which classes of a list compete.
enum CompetingClasses: String, CaseIterable, ExpressibleByArgument {
    /// All that its class list names.
    case listed
    /// Those that have videos in it.
    case occurring
}

/// The lists of an evaluation: reads them as a protocol wants them.
struct EvaluatedLists {
    let reading: ListReadingOptions
    let competing: CompetingClasses

    /// Reads lists.
    ///
    /// The folders of HMDB51 and UCF101 stand for their test lists, for all three of them where the protocol is about
    /// splits, and for every video where it is about all of them.
    func read(_ paths: [String], for wanted: EvaluationProtocol) throws -> [EvaluationList] {
        try paths.flatMap { path throws(DatasetError) in
            let options = reading.options, format = try VideoList.format(of: path, options)
            guard format == .hmdb51 || format == .ucf101, Self.isFolder(path) else {
                return [try list(path, options, options.part?.rawValue)]
            }
            let isWhole = wanted == .zeroShotFull || wanted == .zeroShotHalf
            let isAllSplits = wanted == .zeroShotSplits && paths.count == 1 && options.split == nil
            return try (isAllSplits ? [1, 2, 3] : [options.split ?? 1]).map { split throws(DatasetError) in
                var options = options
                options.split = split
                options.part = options.part ?? (isWhole ? .all : .test)
                let part = options.part == .all ? "all" : "split \(split), \(options.part?.rawValue ?? "")"
                return try list(path, options, part)
            }
        }
    }

    private func list(_ path: String, _ options: ListOptions, _ part: String?) throws(DatasetError) -> EvaluationList {
        try EvaluationList(VideoList(reading: path, options), part: part, onlyOccurring: competing == .occurring)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
