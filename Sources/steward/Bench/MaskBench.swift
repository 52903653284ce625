import ArgumentParser
struct MaskBench: ParsableCommand { func run() throws {} }
