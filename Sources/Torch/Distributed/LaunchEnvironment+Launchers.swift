extension LaunchEnvironment {
    static func torchrun(_ variables: LaunchVariables) throws(ProcessGroupError) -> LaunchEnvironment? {
        let remedy = "Start with torchrun, or set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT for each process"
        guard let (rank, size) = try variables.place(rank: "RANK", size: "WORLD_SIZE", remedy) else { return nil }
        var launch = LaunchEnvironment(
            rank: rank, size: size, localRank: try variables.localRank("LOCAL_RANK", below: size),
            address: try variables.address(remedy), port: try variables.port(remedy))
        launch.isServedByLauncher = variables["TORCHELASTIC_USE_AGENT_STORE"] == "True"
        if variables.has("TORCHELASTIC_RESTART_COUNT") {
            launch.attempt = try variables.number("TORCHELASTIC_RESTART_COUNT", remedy)
        }
        return launch
    }

    static func mpi(
        _ variables: LaunchVariables, rank: String, size: String, localRank: String
    ) throws(ProcessGroupError) -> LaunchEnvironment? {
        let remedy =
            "Let mpirun hand MASTER_ADDR (the machine of rank 0) and MASTER_PORT (a free port) to every process"
        guard let place = try variables.place(rank: rank, size: size, "Start with mpirun") else { return nil }
        return LaunchEnvironment(
            rank: place.rank, size: place.size, localRank: try variables.localRank(localRank, below: place.size),
            address: try variables.address(remedy), port: try variables.port(remedy))
    }

    /// A job step: srun says which task this is and on which machines the step runs.
    static func slurm(_ variables: LaunchVariables) throws(ProcessGroupError) -> LaunchEnvironment? {
        let count = variables.has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS"
        let remedy = "Start with srun, for one process with --ntasks=1"
        guard let (rank, size) = try variables.place(rank: "SLURM_PROCID", size: count, remedy) else { return nil }
        if let other = variables["PMI_RANK"], other != String(rank) {
            throw .environment(
                variable: "PMI_RANK", problem: "it is \(other) while SLURM_PROCID is \(rank)",
                remedy: "Set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, which come first")
        }
        return LaunchEnvironment(
            rank: rank, size: size, localRank: try variables.localRank("SLURM_LOCALID", below: size),
            address: try slurmAddress(variables), port: try slurmPort(variables))
    }

    private static func slurmAddress(_ variables: LaunchVariables) throws(ProcessGroupError) -> String {
        let remedy = "Start with srun, or set MASTER_ADDR to the machine of task 0"
        if variables.has("MASTER_ADDR") { return try variables.address(remedy) }
        for name in ["SLURM_STEP_NODELIST", "SLURM_NODELIST", "SLURM_JOB_NODELIST"] {
            guard let list = variables[name] else { continue }
            guard let host = SlurmNodeList.firstHost(of: list) else {
                throw .environment(variable: name, problem: "\"\(list)\" is no list of machines", remedy: remedy)
            }
            return host
        }
        // A script's own process has SLURM_PROCID 0 too, but is not one of the tasks.
        throw .environment(
            variable: "SLURM_STEP_NODELIST", problem: "it is missing, so srun has not started this process",
            remedy: remedy)
    }

    /// The same for all tasks of a step; steps and jobs beside one another rarely share one.
    ///
    /// Below Linux's ports for outgoing connections.
    private static func slurmPort(_ variables: LaunchVariables) throws(ProcessGroupError) -> Int {
        let remedy = "Start with srun, or set MASTER_PORT to a free port"
        if variables.has("MASTER_PORT") { return try variables.port(remedy) }
        let job = try variables.number(variables.has("SLURM_JOB_ID") ? "SLURM_JOB_ID" : "SLURM_JOBID", remedy)
        let step = variables.has("SLURM_STEP_ID") ? try variables.number("SLURM_STEP_ID", remedy) : 0
        return 15_000 + (job % 15_000 + step % 15_000) % 15_000
    }
}

/// The variables of a process, read with checks.
struct LaunchVariables {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// A variable's value; empty ones count as missing.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func has(_ name: String) -> Bool { self[name] != nil }

    func number(_ name: String, _ remedy: String) throws(ProcessGroupError) -> Int {
        guard let text = self[name] else {
            throw .environment(variable: name, problem: "it is missing", remedy: remedy)
        }
        guard let number = Int(text), number >= 0, text.allSatisfy(\.isNumber) else {
            throw .environment(variable: name, problem: "\"\(text)\" is no whole number from 0", remedy: remedy)
        }
        return number
    }

    /// Rank and number of processes; nil for a single one.
    func place(rank: String, size: String, _ remedy: String) throws(ProcessGroupError) -> (rank: Int, size: Int)? {
        let (place, count) = (try number(rank, remedy), try number(size, remedy))
        guard (1...1_000_000).contains(count) else {
            throw .environment(variable: size, problem: "\(count) processes cannot be", remedy: remedy)
        }
        guard place < count else {
            throw .environment(
                variable: rank, problem: "it is \(place), but \(size) is \(count) and ranks count from 0",
                remedy: remedy)
        }
        return count == 1 ? nil : (place, count)
    }

    func localRank(_ name: String, below size: Int) throws(ProcessGroupError) -> Int {
        let remedy = "Give each process of a machine its own number from 0, or leave it out"
        guard has(name) else { return 0 }
        let rank = try number(name, remedy)
        guard rank < size else {
            throw .environment(
                variable: name, problem: "it is \(rank), but there are \(size) processes", remedy: remedy)
        }
        return rank
    }

    func address(_ remedy: String) throws(ProcessGroupError) -> String {
        guard let address = self["MASTER_ADDR"] else {
            throw .environment(variable: "MASTER_ADDR", problem: "it is missing", remedy: remedy)
        }
        guard !address.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            throw .environment(
                variable: "MASTER_ADDR", problem: "\"\(address)\" is neither a name nor an address", remedy: remedy)
        }
        return address
    }

    func port(_ remedy: String) throws(ProcessGroupError) -> Int {
        let port = try number("MASTER_PORT", remedy)
        guard (1...65_535).contains(port) else {
            throw .environment(variable: "MASTER_PORT", problem: "\(port) is no port, 1 to 65535", remedy: remedy)
        }
        return port
    }
}
