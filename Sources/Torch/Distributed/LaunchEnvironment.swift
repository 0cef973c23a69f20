/// Which process of how many this is, and where they meet.
///
///     torchrun --nnodes 2 --nproc-per-node 4 --no-python verb train …
///     srun --ntasks 8 verb train …
///     RANK=0 WORLD_SIZE=2 MASTER_ADDR=10.0.0.1 MASTER_PORT=29500 verb train …
public struct LaunchEnvironment: Sendable, Equatable {
    /// The process, from 0.
    public var rank: Int
    /// The number of processes.
    public var size: Int
    /// The process among those of its machine, from 0: which GPU it takes.
    public var localRank: Int
    /// The machine where the processes meet: the one of rank 0.
    public var address: String
    /// The port there; 0 lets rank 0 take any free one.
    public var port: Int
    /// Whether the launcher itself waits at that port, as torchrun does; otherwise rank 0 does.
    public var isServedByLauncher = false
    /// How often the launcher has started the processes again; what earlier ones left at the port is not looked at.
    public var attempt = 0

    /// Describes a process.
    ///
    /// - Parameters:
    ///   - rank: the process, from 0.
    ///   - size: the number of processes.
    ///   - localRank: the process among those of its machine.
    ///   - address: the machine of rank 0.
    ///   - port: the port there.
    public init(rank: Int, size: Int, localRank: Int = 0, address: String, port: Int) {
        self.rank = rank
        self.size = size
        self.localRank = localRank
        self.address = address
        self.port = port
    }

    /// Reads what torchrun, Slurm, MPI or a person has set.
    ///
    /// In this order: `RANK` and `WORLD_SIZE` (torchrun, or by hand), `OMPI_COMM_WORLD_RANK` and `…_SIZE` (Open MPI),
    /// `SLURM_PROCID` and `SLURM_NTASKS` (srun), `PMI_RANK` and `PMI_SIZE` (MPICH, Intel MPI). `MASTER_ADDR` and
    /// `MASTER_PORT` say where to meet; Slurm needs neither.
    ///
    /// - Parameter environment: the process's variables.
    /// - Returns: the process's place, or nil where there is one process only.
    /// - Throws: `ProcessGroupError.environment` naming a variable that is missing, cannot be or contradicts another.
    public static func detected(
        in environment: [String: String]
    ) throws(ProcessGroupError) -> LaunchEnvironment? {
        let variables = LaunchVariables(environment)
        if variables.has("RANK") || variables.has("WORLD_SIZE") { return try torchrun(variables) }
        if variables.has("OMPI_COMM_WORLD_SIZE") || variables.has("OMPI_COMM_WORLD_RANK") {
            return try mpi(
                variables, rank: "OMPI_COMM_WORLD_RANK", size: "OMPI_COMM_WORLD_SIZE",
                localRank: "OMPI_COMM_WORLD_LOCAL_RANK")
        }
        if variables.has("SLURM_PROCID") { return try slurm(variables) }
        if variables.has("PMI_RANK") || variables.has("PMI_SIZE") {
            return try mpi(variables, rank: "PMI_RANK", size: "PMI_SIZE", localRank: "MPI_LOCALRANKID")
        }
        return nil
    }
}
