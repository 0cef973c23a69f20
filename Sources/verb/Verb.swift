import ArgumentParser

@main
struct Verb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verb",
        abstract: "Name what is being done in videos, in plain words.",
        version: "0.1.0",
        subcommands: [
            RecognizeCommand.self, WatchCommand.self, InspectCommand.self, ConvertCommand.self, PullCommand.self,
            PuppetsCommand.self,
            PretrainCommand.self, DataCommand.self, TrainCommand.self, DistillCommand.self,
            EvaluateCommand.self, ReproduceCommand.self, SpatialTargetsCommand.self, BenchCommand.self,
        ])

    static func main() async {
        await CommandRunner.run(Verb.self)
    }
}
