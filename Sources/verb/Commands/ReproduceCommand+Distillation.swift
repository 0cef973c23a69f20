import ArgumentParser
import Foundation
import Training

/// What only the suite of distillation is told.
struct DistillationSuiteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The small CLIP of students (default: one is pretrained in the folder).", valueName: "model")
    )
    var student: String?

    @Option(help: "Steps of pretraining the small CLIP.")
    var studentSteps = Reproduction.smallCLIP.steps

    @Flag(inversion: .prefixedNo, help: "Measure latencies when all rows are done.")
    var latency = true

    @Option(help: "Runs of each model that latencies are medians of.")
    var latencyRuns = LatencyProtocol().runs

    @Flag(inversion: .prefixedNo, help: "Measure full-size backbones with random weights too.")
    var fullSize = true

    @Option(help: "Runs of each full-size backbone, of seconds each.")
    var fullSizeRuns = 15

    func validate() throws {
        for (name, value) in [
            ("student-steps", studentSteps), ("latency-runs", latencyRuns), ("full-size-runs", fullSizeRuns),
        ] where !(1...10_000_000).contains(value) {
            throw ValidationError("--\(name) must be at least 1.")
        }
    }

    /// Gives a reproduction the students' start.
    func apply(to reproduction: inout Reproduction) async throws {
        if let student { reproduction.student = try await StartingPoint.named(student) }
        reproduction.studentRecipe.steps = studentSteps
        reproduction.studentRecipe.warmup = min(reproduction.studentRecipe.warmup, studentSteps)
    }

    /// What stands in the command beside the usual.
    var words: [String] {
        (student.map { ["--student \($0)"] } ?? [])
            + (studentSteps == Reproduction.smallCLIP.steps ? [] : ["--student-steps \(studentSteps)"])
    }

    /// The report of what the folder holds, with everything measured that is wanted.
    func report(
        _ reproduction: Reproduction, _ facts: ReproductionReport.Facts, _ results: [AblationResult],
        _ printer: ReproductionPrinter
    ) async throws -> DistillationReport {
        var whole = reproduction
        whole.rows = ReproductionSuite.distillation.rows
        var report = DistillationReport(facts, results: results)
        report.sizes = await whole.sizes()
        var settings = LatencyProtocol()
        settings.runs = latencyRuns
        let machine = facts.machine
        report.latencies =
            latency
            ? try await whole.measureLatencies(settings, on: machine) { printer.show($0) } : whole.keptLatencies
        (settings.warmup, settings.runs) = (2, fullSizeRuns)
        report.fullSize =
            fullSize
            ? try await whole.fullSizeSpeed(settings, on: machine) { printer.show($0) }
            : whole.keptFullSizeSpeed(settings, on: machine)
        return report
    }
}
