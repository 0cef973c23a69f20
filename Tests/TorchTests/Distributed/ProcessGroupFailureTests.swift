import FixtureSupport
import Testing
import Torch

extension ProcessGroupTests {
    /// What the others say when a process ends, hangs, comes apart or never comes.
    @Suite("failures", .serialized)
    struct Failures {
        @Test("a killed process ends the others", arguments: ["killedBetween", "killedBeforeBackward"])
        func killed(_ scenario: String) async throws {
            let all = try await ProbeOutcome.ofGroup(scenario, count: 4)
            try #require(all.count == 4)
            #expect(all[3].wasKilled)
            for (rank, outcome) in all.dropLast().enumerated() {
                #expect(outcome.failure == "lost", "\(outcome.errors)")
                #expect(outcome.status == 3)
                let place = scenario == "killedBetween" ? "sum of 1 tensors" : "backward pass through gathered rows"
                #expect(outcome.errors.contains("process \(rank) of 4 lost another process during"))
                #expect(outcome.errors.contains(place))
            }
        }

        @Test("a process that hangs ends the others after the time given")
        func stopped() async throws {
            // Joining must be done in the same time, on a busy machine too.
            let all = try await ProbeOutcome.ofGroup("stopped", count: 4, timeout: 20, killed: 3)
            try #require(all.count == 4)
            let failures = all.dropLast().map(\.failure)
            // Who waits longest may see the ends of the others first.
            #expect(failures.allSatisfy { $0 == "timeout" || $0 == "lost" }, "\(all.map(\.errors))")
            #expect(failures.contains("timeout"))
            #expect(all.contains { $0.errors.contains("waited 20.0 s for the others in barrier") })
        }

        @Test(
            "processes that come apart say so and who holds what",
            arguments: [
                ("otherText", "the recipe", "process 1: xyz"), ("otherOperation", "what to do next", "1: barrier"),
                ("otherLines", "the recipe", "process 0: seed: 1; process 1: seed: 2"),
                ("otherShapes", "what to do next", "process 1: sum of 1 tensors, 2 numbers"),
                ("otherParameters", "the trained parameters", "process 0: 1 tensors"),
            ])
        func mismatches(_ scenario: String, _ subject: String, _ side: String) async throws {
            let all = try await ProbeOutcome.ofGroup(scenario, count: 2)
            try #require(all.count == 2)
            for outcome in all {
                #expect(outcome.failure == "mismatch", "\(outcome.errors)")
                #expect(outcome.errors.contains("do not agree on \(subject)"))
                #expect(outcome.errors.contains(side))
            }
        }

        @Test("in a disagreement, processes of one mind stand together")
        func sides() {
            let error = ProcessGroupError.mismatch(subject: "the recipe", values: ["abc", "xyz", "abc", "abc"])
            #expect(error.description.hasSuffix("processes 0, 2, 3: abc; process 1: xyz"))
        }

        @Test("after leaving, operations fail at once")
        func leaving() async throws {
            let all = try await ProbeOutcome.ofGroup("leave", count: 2)
            #expect(all.map(\.failure) == ["left", "left"])
        }

        @Test("processes that do not come are named")
        func missing() async throws {
            let launch = LaunchEnvironment(rank: 0, size: 4, address: "127.0.0.1", port: 0)
            let problem = try await joinProblem(launch)
            #expect(problem.contains("not there: processes 1, 2, 3"))
        }

        @Test("where nobody listens, joining ends after the time given")
        func nobody() async throws {
            // A port that was free a moment ago and that nobody was told of.
            let launch = LaunchEnvironment(rank: 1, size: 2, address: "127.0.0.1", port: 1)
            let problem = try await joinProblem(launch)
            #expect(problem.contains("nobody answered within 0.5 s"))
        }

        @Test("a port that is none, and a name that nobody has")
        func places() async throws {
            let port = LaunchEnvironment(rank: 0, size: 2, address: "127.0.0.1", port: 70_000)
            #expect(try await joinProblem(port).contains("no such port"))
            let name = LaunchEnvironment(rank: 1, size: 2, address: "no.such.host.invalid", port: 4000)
            #expect(try await joinProblem(name).contains("nobody answered"))
        }

        @Test("two processes of one rank, and two numbers of processes, are told to all")
        func contradictions() async throws {
            let twice = try await ProbeOutcome.ofGroup("barrier", count: 3) { rank, variables in
                if rank == 2 { variables["RANK"] = "1" }
            }
            #expect(twice.map(\.failure) == ["join", "join", "join"])
            #expect(twice.allSatisfy { $0.errors.contains("two processes say that they are number 1") })
            let sizes = try await ProbeOutcome.ofGroup("barrier", count: 2) { rank, variables in
                if rank == 1 { variables["WORLD_SIZE"] = "3" }
            }
            #expect(sizes.map(\.failure) == ["join", "join"])
            #expect(sizes.allSatisfy { $0.errors.contains("one process counts 2 processes, another 3") })
        }

        @Test("variables that contradict one another are refused before anything is opened")
        func variables() async throws {
            let all = try await ProbeOutcome.ofGroup("barrier", count: 2) { rank, variables in
                variables["LOCAL_RANK"] = "7"
            }
            #expect(all.map(\.failure) == ["environment"])
            #expect(try #require(all.first).errors.hasPrefix("LOCAL_RANK: it is 7, but there are 2 processes."))
        }

        private func joinProblem(_ launch: LaunchEnvironment) async throws -> String {
            let error = await TorchThread.run { () -> ProcessGroupError? in
                do throws(ProcessGroupError) {
                    _ = try ProcessGroup.join(launch, timeout: .milliseconds(500))
                    return nil
                } catch {
                    return error
                }
            }
            let found = try #require(error)
            guard case .join(launch.rank, launch.size, _, let problem) = found else { return "\(found)" }
            return problem
        }
    }
}
