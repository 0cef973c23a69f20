import ArgumentParser

struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Look after lists of videos: check, draw, halve.",
        subcommands: [DataCheckCommand.self, DataDrawCommand.self, DataHalvesCommand.self])
}
