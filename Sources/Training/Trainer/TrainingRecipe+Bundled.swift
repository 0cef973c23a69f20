extension TrainingRecipe {
    /// The names of the bundled recipes, sorted.
    ///
    /// - Parameter programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the names.
    /// - Throws: `TrainingError.noPresets` when the program was moved without its resources.
    public static func names(programFolder: String? = nil) throws(TrainingError) -> [String] {
        try files(programFolder).names
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
        if BundledFiles.isPath(nameOrPath) {
            return try TrainingRecipe(contentsOf: nameOrPath, setting: assignments)
        }
        let files = try files(programFolder), names = files.names
        guard names.contains(nameOrPath) else {
            throw .unknownRecipe(String(nameOrPath.prefix(80)), near: NearNames.near(nameOrPath, in: names))
        }
        return try TrainingRecipe(contentsOf: files.path(of: nameOrPath), setting: assignments)
    }

    private static func files(_ programFolder: String?) throws(TrainingError) -> BundledFiles {
        try BundledFiles("recipes", programFolder: programFolder)
    }
}
