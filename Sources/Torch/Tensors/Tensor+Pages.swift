#if canImport(Glibc)
    import Glibc
#endif

extension Tensor {
    /// Gives the memory of a tensor that was read from a file back to the system, which reads it again when it is needed.
    ///
    /// A model that was copied out of its file would else be in memory twice. Values stay what they are, changed ones
    /// too. Only Linux does it; for a tensor that is not contiguous nothing happens.
    package func pageOut() {
        #if os(Linux)
            guard device == .cpu, isContiguous else { return }
            withBytes { bytes in
                let page = Int(sysconf(Int32(_SC_PAGESIZE)))
                guard let base = bytes.baseAddress else { return }
                let start = (Int(bitPattern: base) + page - 1) / page * page
                let end = (Int(bitPattern: base) + bytes.count) / page * page
                let advice: Int32 = 21  // MADV_PAGEOUT, which older headers lack
                if end > start { madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, advice) }
            }
        #endif
    }
}
