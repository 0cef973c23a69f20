internal import CLIP
internal import Foundation

extension TrainingRecipe {
    /// The names of the bundled recipes, sorted.
    ///
    /// - Parameter programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the names.
    /// - Throws: `TrainingError.noPresets` when the program was moved without its resources.
    public static func names(programFolder: String? = nil) throws(TrainingError) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: try folder(programFolder))) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }.sorted()
    }

    /// A recipe that a user names: a YAML file's path, or the name of a bundled one.
    ///
    /// - Parameters:
    ///   - nameOrPath: a path ends in `.yaml` or `.yml`.
    ///   - assignments: values that stand over the file's, `run.seed=2`.
    ///   - programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the recipe.
    /// - Throws: `TrainingError.unknownRecipe` with names that are near, `.noPresets` or `.badPreset`.
    public static func find(
        _ nameOrPath: String, setting assignments: [String] = [], programFolder: String? = nil
    ) throws(TrainingError) -> TrainingRecipe {
        if nameOrPath.hasSuffix(".yaml") || nameOrPath.hasSuffix(".yml") {
            return try TrainingRecipe(contentsOf: nameOrPath, setting: assignments)
        }
        let names = try names(programFolder: programFolder)
        guard names.contains(nameOrPath) else {
            throw .unknownRecipe(String(nameOrPath.prefix(80)), near: NearNames.near(nameOrPath, in: names))
        }
        return try TrainingRecipe(
            contentsOf: "\(try folder(programFolder))/\(nameOrPath).yaml", setting: assignments)
    }

    private static func folder(_ programFolder: String?) throws(TrainingError) -> String {
        guard let path = ProgramResources(of: "Training", programFolder: programFolder).path(of: "recipes") else {
            throw .noPresets
        }
        return path
    }
}
