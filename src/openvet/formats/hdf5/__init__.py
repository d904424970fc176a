"""HDF5, read as facts: objects, links, attributes, and where data lies.

Written from the HDF5 File Format Specification 3.0 (The HDF Group,
https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html). No link is
followed out of the file and no filter of a plug-in runs.
"""
