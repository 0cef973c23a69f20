extension Preset {
    /// The names of the bundled presets, sorted.
    ///
    /// - Parameter programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the names.
    /// - Throws: `TrainingError.noPresets` when the program was moved without its resources.
    public static func names(programFolder: String? = nil) throws(TrainingError) -> [String] {
        try files(programFolder).names
    }

    /// The bundled presets by name.
    ///
    /// - Parameter programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: all of them.
    /// - Throws: `TrainingError.noPresets` or `.badPreset`.
    public static func all(programFolder: String? = nil) throws(TrainingError) -> [Preset] {
        let files = try files(programFolder)
        return try files.names.map { name throws(TrainingError) in try Preset(contentsOf: files.path(of: name)) }
    }

    /// A bundled preset.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the preset.
    /// - Throws: `TrainingError.unknownPreset` with names that are near, `.noPresets` or `.badPreset`.
    public static func named(_ name: String, programFolder: String? = nil) throws(TrainingError) -> Preset {
        let files = try files(programFolder), names = files.names
        guard names.contains(name) else {
            throw .unknownPreset(String(name.prefix(80)), near: NearNames.near(name, in: names))
        }
        return try Preset(contentsOf: files.path(of: name))
    }

    /// A preset that a user names: a YAML file's path, or the name of a bundled one.
    ///
    /// - Parameters:
    ///   - nameOrPath: a path ends in `.yaml` or `.yml`.
    ///   - programFolder: the folder of the program, where its resources are; nil finds it.
    /// - Returns: the preset.
    /// - Throws: `TrainingError` as `init(contentsOf:)` and `named(_:programFolder:)`.
    public static func find(_ nameOrPath: String, programFolder: String? = nil) throws(TrainingError) -> Preset {
        BundledFiles.isPath(nameOrPath)
            ? try Preset(contentsOf: nameOrPath) : try named(nameOrPath, programFolder: programFolder)
    }

    private static func files(_ programFolder: String?) throws(TrainingError) -> BundledFiles {
        try BundledFiles("presets", programFolder: programFolder)
    }
}
