import Testing

@testable import Torch

/// Variables and what they say.
struct LaunchCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let variables: [String: String]
    let expected: LaunchEnvironment?

    init(_ name: String, _ variables: [String: String], _ expected: LaunchEnvironment?) {
        testDescription = name
        self.variables = variables
        self.expected = expected
    }

    private static func launch(
        _ rank: Int, _ size: Int, local: Int = 0, _ address: String, _ port: Int,
        isServed: Bool = false, attempt: Int = 0
    ) -> LaunchEnvironment {
        var launch = LaunchEnvironment(rank: rank, size: size, localRank: local, address: address, port: port)
        launch.isServedByLauncher = isServed
        launch.attempt = attempt
        return launch
    }

    static let torchrun = [
        "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "MASTER_ADDR": "node1", "MASTER_PORT": "29500",
    ]
    static let slurm = [
        "SLURM_PROCID": "3", "SLURM_NTASKS": "4", "SLURM_LOCALID": "1", "SLURM_STEP_NODELIST": "gpu[07-08,11]",
        "SLURM_JOB_ID": "31234", "SLURM_STEP_ID": "2",
    ]
    static let openMPI = [
        "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_RANK": "1",
        "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "4000",
    ]
    static let pmi = ["PMI_RANK": "0", "PMI_SIZE": "2", "MASTER_ADDR": "::1", "MASTER_PORT": "4000"]

    static let all: [LaunchCase] = [
        LaunchCase("nothing", ["PATH": "/bin"], nil),
        LaunchCase("torchrun", torchrun, launch(5, 8, local: 1, "node1", 29500)),
        LaunchCase(
            "torchrun's own store, started again",
            torchrun.merging(["TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "2"]) { $1 },
            launch(5, 8, local: 1, "node1", 29500, isServed: true, attempt: 2)),
        LaunchCase(
            "by hand, no local rank", ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "::1", "MASTER_PORT": "65535"],
            launch(0, 2, "::1", 65535)),
        LaunchCase("one process needs no address", ["RANK": "0", "WORLD_SIZE": "1"], nil),
        LaunchCase("empty values are none", ["RANK": "", "WORLD_SIZE": ""], nil),
        LaunchCase("Slurm", slurm, launch(3, 4, local: 1, "gpu07", 15_000 + 1234 + 2)),
        LaunchCase(
            "Slurm's step counts, not the job", slurm.merging(["SLURM_STEP_NUM_TASKS": "16"]) { $1 },
            launch(3, 16, local: 1, "gpu07", 16_236)),
        LaunchCase(
            "Slurm with a meeting place", slurm.merging(["MASTER_ADDR": "login", "MASTER_PORT": "99"]) { $1 },
            launch(3, 4, local: 1, "login", 99)),
        LaunchCase(
            "Slurm's older names",
            ["SLURM_PROCID": "0", "SLURM_NTASKS": "2", "SLURM_NODELIST": "a,b", "SLURM_JOBID": "7"],
            launch(0, 2, "a", 15_007)),
        LaunchCase("one Slurm task", ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"], nil),
        LaunchCase("an allocation's shell", ["SLURM_NTASKS": "4", "SLURM_JOB_ID": "1"], nil),
        LaunchCase(
            "Slurm with PMI of the same mind", slurm.merging(["PMI_RANK": "3", "PMI_SIZE": "4"]) { $1 },
            launch(3, 4, local: 1, "gpu07", 16_236)),
        LaunchCase("Open MPI", openMPI, launch(1, 2, local: 1, "10.0.0.1", 4000)),
        LaunchCase(
            "mpirun in a batch script", openMPI.merging(["SLURM_PROCID": "0", "SLURM_NTASKS": "2"]) { $1 },
            launch(1, 2, local: 1, "10.0.0.1", 4000)),
        LaunchCase("MPICH", pmi.merging(["MPI_LOCALRANKID": "0"]) { $1 }, launch(0, 2, "::1", 4000)),
        LaunchCase("one MPI process", ["PMI_RANK": "0", "PMI_SIZE": "1"], nil),
        LaunchCase("torchrun comes first", torchrun.merging(slurm) { $1 }, launch(5, 8, local: 1, "node1", 29500)),
    ]
}

/// Variables that cannot be, and the one to blame.
struct BadLaunch: Sendable, CustomTestStringConvertible {
    let variable: String
    let variables: [String: String]
    var testDescription: String { "\(variable): \(variables.filter { LaunchCase.torchrun[$0.key] != $0.value })" }

    init(_ variable: String, _ base: [String: String], _ changes: [String: String?]) {
        self.variable = variable
        variables = base.merging(changes.compactMapValues { $0 }) { $1 }.filter { changes[$0.key] != .some(nil) }
    }

    static let all: [BadLaunch] = [
        BadLaunch("RANK", LaunchCase.torchrun, ["RANK": nil]),
        BadLaunch("RANK", LaunchCase.torchrun, ["RANK": "8"]),
        BadLaunch("RANK", LaunchCase.torchrun, ["RANK": "-1"]),
        BadLaunch("RANK", LaunchCase.torchrun, ["RANK": "+1"]),
        BadLaunch("RANK", LaunchCase.torchrun, ["RANK": "one"]),
        BadLaunch("WORLD_SIZE", LaunchCase.torchrun, ["WORLD_SIZE": nil]),
        BadLaunch("WORLD_SIZE", LaunchCase.torchrun, ["WORLD_SIZE": "0"]),
        BadLaunch("WORLD_SIZE", LaunchCase.torchrun, ["WORLD_SIZE": "99999999999999999999"]),
        BadLaunch("WORLD_SIZE", LaunchCase.torchrun, ["WORLD_SIZE": "2000000"]),
        BadLaunch("LOCAL_RANK", LaunchCase.torchrun, ["LOCAL_RANK": "8"]),
        BadLaunch("LOCAL_RANK", LaunchCase.torchrun, ["LOCAL_RANK": "x"]),
        BadLaunch("MASTER_ADDR", LaunchCase.torchrun, ["MASTER_ADDR": nil]),
        BadLaunch("MASTER_ADDR", LaunchCase.torchrun, ["MASTER_ADDR": "tcp://node1"]),
        BadLaunch("MASTER_PORT", LaunchCase.torchrun, ["MASTER_PORT": nil]),
        BadLaunch("MASTER_PORT", LaunchCase.torchrun, ["MASTER_PORT": "0"]),
        BadLaunch("MASTER_PORT", LaunchCase.torchrun, ["MASTER_PORT": "65536"]),
        BadLaunch("TORCHELASTIC_RESTART_COUNT", LaunchCase.torchrun, ["TORCHELASTIC_RESTART_COUNT": "?"]),
        BadLaunch("SLURM_NTASKS", LaunchCase.slurm, ["SLURM_NTASKS": nil]),
        BadLaunch("SLURM_PROCID", LaunchCase.slurm, ["SLURM_PROCID": "4"]),
        BadLaunch("SLURM_STEP_NODELIST", LaunchCase.slurm, ["SLURM_STEP_NODELIST": nil]),
        BadLaunch("SLURM_STEP_NODELIST", LaunchCase.slurm, ["SLURM_STEP_NODELIST": "gpu[07"]),
        BadLaunch("SLURM_JOBID", LaunchCase.slurm, ["SLURM_JOB_ID": nil]),
        BadLaunch("SLURM_JOB_ID", LaunchCase.slurm, ["SLURM_JOB_ID": "12_3"]),
        BadLaunch("PMI_RANK", LaunchCase.slurm, ["PMI_RANK": "1"]),
        BadLaunch("OMPI_COMM_WORLD_SIZE", LaunchCase.openMPI, ["OMPI_COMM_WORLD_SIZE": nil]),
        BadLaunch("OMPI_COMM_WORLD_RANK", LaunchCase.openMPI, ["OMPI_COMM_WORLD_RANK": nil]),
        BadLaunch("MASTER_ADDR", LaunchCase.openMPI, ["MASTER_ADDR": nil]),
        BadLaunch("MASTER_PORT", LaunchCase.pmi, ["MASTER_PORT": nil]),
    ]
}

@Suite("Launch environments")
struct LaunchEnvironmentTests {
    @Test("variables of each launcher", arguments: LaunchCase.all)
    func detection(_ launch: LaunchCase) throws {
        #expect(try LaunchEnvironment.detected(in: launch.variables) == launch.expected)
    }

    @Test("what is missing, false or contradictory is named, with a remedy", arguments: BadLaunch.all)
    func refusal(_ bad: BadLaunch) throws {
        let error = #expect(throws: ProcessGroupError.self) { try LaunchEnvironment.detected(in: bad.variables) }
        guard case .environment(let variable, let problem, let remedy) = try #require(error) else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(variable == bad.variable)
        #expect(!problem.isEmpty && !remedy.isEmpty)
    }

    @Test(
        "no job's port is reserved or one for outgoing connections", arguments: [0, 1, 14_999, 15_000, 4_294_967_295])
    func slurmPorts(_ job: Int) throws {
        let variables = LaunchCase.slurm.merging(["SLURM_JOB_ID": "\(job)", "SLURM_STEP_ID": "4294967290"]) { $1 }
        let port = try #require(try LaunchEnvironment.detected(in: variables)).port
        #expect((15_000..<30_000).contains(port))
    }

    @Test(
        "the first machine of Slurm's lists",
        arguments: [
            ("node1", "node1"), ("node1,node2", "node1"), ("gpu[01-04,07],login1", "gpu01"), ("gpu[7,3]", "gpu7"),
            ("rack[1-2]node[10-18]", "rack1node10"), ("a-b-[003]", "a-b-003"), (" x", "x"),
            ("n[1-2].example", "n1.example"),
            ("", nil), (",a", nil), ("gpu[", nil), ("gpu[]", nil), ("gpu[a-b]", nil), ("gpu[1-]", nil), ("gpu]", nil),
            ("gpu[1-x]", nil), ("a b", nil),
        ] as [(String, String?)])
    func slurmLists(_ list: String, _ host: String?) {
        #expect(SlurmNodeList.firstHost(of: list) == host)
    }
}
