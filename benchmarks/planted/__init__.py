"""Known faults, planted into real data at several strengths: what each detector finds, and what it invents."""
