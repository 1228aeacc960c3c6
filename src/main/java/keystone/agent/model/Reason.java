package keystone.agent.model;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/// Why something failed, in words: the commonest exceptions of `java.nio.file` have only the
/// file's name for a message.
public final class Reason {
    private Reason() {}

    /// With the name of the file, where it knows one.
    public static String of(Throwable failure) {
        if (!(failure instanceof FileSystemException ofFile)) {
            String said = failure.getMessage();
            return said == null ? failure.getClass().getSimpleName() : said;
        }
        String why = inWords(ofFile);
        String file = ofFile.getFile();
        if (why == null) {
            return String.valueOf(ofFile.getMessage());
        }
        return file == null || file.isEmpty() ? why : file + ": " + why;
    }

    private static @Nullable String inWords(FileSystemException failure) {
        if (failure.getReason() != null) {
            return failure.getReason();
        }
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or directory";
            case NotDirectoryException _ -> "not a directory";
            case FileAlreadyExistsException _ -> "it is there already";
            case DirectoryNotEmptyException _ -> "the directory is not empty";
            default -> null;
        };
    }
}
