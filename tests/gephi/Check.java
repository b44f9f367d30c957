import com.google.gson.GsonBuilder;
import java.awt.Color;
import java.awt.Font;
import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.Element;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.graph.api.Node;
import org.gephi.graph.api.Table;
import org.gephi.io.exporter.preview.PDFExporter;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.EdgeMergeStrategy;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.layout.plugin.forceAtlas2.ForceAtlas2;
import org.gephi.layout.plugin.forceAtlas2.ForceAtlas2Builder;
import org.gephi.preview.api.PreviewController;
import org.gephi.preview.api.PreviewProperties;
import org.gephi.preview.api.PreviewProperty;
import org.gephi.preview.types.EdgeColor;
import org.gephi.project.api.ProjectController;
import org.gephi.project.api.Workspace;
import org.openide.util.Lookup;

/**
 * Opens files in Gephi as its desktop does, and says what Gephi then holds.
 *
 * For each FILE given: FILE.json with the importer's issues and every column, node and edge; the graph laid out by
 * ForceAtlas2, and drawn as FILE.pdf and FILE.png. Nothing here repairs the file: no node is made up for an edge that
 * lacks one, no edges are merged, no size is scaled.
 */
public class Check {
    static final int STEPS = 100, APART = 30, PAGE = 600, DOTS_PER_INCH = 120;
    static final int NAMED = 20; // so many of the largest nodes show their labels in the picture
    static final Font FONT = new Font("DejaVu Sans", Font.PLAIN, 9);

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            Map<String, Object> report = new LinkedHashMap<>();
            Workspace workspace = open(new File(file), report);
            GraphModel model = lookup(GraphController.class).getGraphModel(workspace);
            describe(model, report);
            report.put("laid_out", layOut(model));
            draw(workspace, file);
            String json = new GsonBuilder().serializeNulls().serializeSpecialFloatingPointValues().create().toJson(report);
            Files.writeString(new File(file + ".json").toPath(), json);
        }
        System.exit(0); // Gephi leaves threads running
    }

    static <T> T lookup(Class<T> type) {
        return Lookup.getDefault().lookup(type);
    }

    static Workspace open(File file, Map<String, Object> report) throws Exception {
        ProjectController projects = lookup(ProjectController.class);
        projects.newProject();
        ImportController imports = lookup(ImportController.class);
        Container container = imports.importFile(file);
        container.getLoader().setAllowAutoNode(false);
        container.getLoader().setAutoScale(false);
        container.getLoader().setEdgesMergeStrategy(EdgeMergeStrategy.NO_MERGE);
        container.verify();
        List<String> issues = new ArrayList<>();
        for (Iterator<Issue> each = container.getReport().getIssues(1000); each.hasNext(); ) {
            Issue issue = each.next();
            issues.add(issue.getLevel() + " " + issue.getMessage());
        }
        report.put("issues", issues);
        imports.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
        return projects.getCurrentWorkspace();
    }

    static void describe(GraphModel model, Map<String, Object> report) {
        Graph graph = model.getGraph();
        report.put("node_columns", columns(model.getNodeTable()));
        report.put("edge_columns", columns(model.getEdgeTable()));
        List<Object> nodes = new ArrayList<>();
        for (Node node : graph.getNodes()) {
            Map<String, Object> held = element(node, model.getNodeTable());
            held.put("place", List.of(node.x(), node.y()));
            held.put("size", node.size());
            held.put("colour", List.of(node.getColor().getRed(), node.getColor().getGreen(), node.getColor().getBlue()));
            nodes.add(held);
        }
        report.put("nodes", nodes);
        List<Object> edges = new ArrayList<>();
        for (Edge edge : graph.getEdges()) {
            Map<String, Object> held = element(edge, model.getEdgeTable());
            held.put("source", edge.getSource().getId());
            held.put("target", edge.getTarget().getId());
            held.put("kind", edge.getTypeLabel());
            held.put("directed", edge.isDirected());
            held.put("weight", edge.getWeight());
            edges.add(held);
        }
        report.put("edges", edges);
    }

    static Map<String, Object> columns(Table table) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (Column column : table) {
            if (!column.isProperty()) { // an own column, none of those that every graph has
                columns.put(column.getId(), List.of(column.getTitle(), column.getTypeClass().getSimpleName()));
            }
        }
        return columns;
    }

    static Map<String, Object> element(Element element, Table table) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Column column : table) {
            if (!column.isProperty() && element.getAttribute(column) != null) {
                values.put(column.getTitle(), element.getAttribute(column));
            }
        }
        Map<String, Object> held = new LinkedHashMap<>();
        held.put("id", element.getId());
        held.put("label", element.getLabel());
        held.put("start", element.getTimeBounds() == null ? null : element.getTimeBounds().getLow());
        held.put("values", values);
        return held;
    }

    /** Whether every node has a place after the layout. */
    static boolean layOut(GraphModel model) {
        ForceAtlas2 layout = new ForceAtlas2Builder().buildLayout();
        layout.setGraphModel(model);
        layout.resetPropertiesValues();
        layout.setScalingRatio(10.0);
        layout.setNormalizeEdgeWeights(true); // association strengths reach a hundred
        layout.setGravity(40.0); // keeps what hangs on little in sight
        layout.setBarnesHutOptimize(true);
        layout.setThreadsCount(2);
        layout.initAlgo();
        for (int step = 0; step < STEPS && layout.canAlgo(); step++) {
            layout.goAlgo();
        }
        layout.endAlgo();
        spread(model.getGraph());
        boolean placed = true;
        for (Node node : model.getGraph().getNodes()) {
            placed &= Float.isFinite(node.x()) && Float.isFinite(node.y());
        }
        return placed;
    }

    /** Widens or narrows the layout, so that nodes lie as far apart in a small graph as in a large one. */
    static void spread(Graph graph) {
        double squares = 0;
        for (Node node : graph.getNodes()) {
            squares += node.x() * node.x() + node.y() * node.y();
        }
        float scale = (float) (APART * graph.getNodeCount() / Math.sqrt(squares));
        for (Node node : graph.getNodes()) {
            node.setPosition(scale * node.x(), scale * node.y());
        }
    }

    static void draw(Workspace workspace, String file) throws Exception {
        GraphModel model = lookup(GraphController.class).getGraphModel(workspace);
        List<Node> nodes = new ArrayList<>(model.getGraph().getNodes().toCollection());
        nodes.sort(Comparator.comparing(Node::size).thenComparing(model.getGraph()::getDegree).reversed());
        for (int rank = 0; rank < nodes.size(); rank++) {
            // Gephi gives a PDF up at a character that the font lacks.
            boolean drawable = FONT.canDisplayUpTo(nodes.get(rank).getLabel()) == -1;
            nodes.get(rank).getTextProperties().setVisible(rank < NAMED && drawable);
        }
        PreviewController previews = lookup(PreviewController.class);
        PreviewProperties wanted = previews.getModel(workspace).getProperties();
        wanted.putValue(PreviewProperty.SHOW_NODE_LABELS, true);
        wanted.putValue(PreviewProperty.NODE_LABEL_FONT, FONT);
        wanted.putValue(PreviewProperty.NODE_LABEL_OUTLINE_SIZE, 3f);
        wanted.putValue(PreviewProperty.NODE_BORDER_FIXED, true);
        wanted.putValue(PreviewProperty.NODE_BORDER_WIDTH, 0f);
        wanted.putValue(PreviewProperty.EDGE_CURVED, false);
        wanted.putValue(PreviewProperty.EDGE_RESCALE_WEIGHT, true);
        wanted.putValue(PreviewProperty.EDGE_RESCALE_WEIGHT_MIN, 0.5f);
        wanted.putValue(PreviewProperty.EDGE_RESCALE_WEIGHT_MAX, 4f);
        wanted.putValue(PreviewProperty.EDGE_OPACITY, 40f);
        wanted.putValue(PreviewProperty.EDGE_COLOR, new EdgeColor(Color.GRAY));
        previews.refreshPreview(workspace);
        PDFExporter exporter = new PDFExporter();
        exporter.setWorkspace(workspace);
        exporter.setPageSize(new PDRectangle(PAGE, PAGE));
        try (OutputStream out = new FileOutputStream(file + ".pdf")) {
            exporter.setOutputStream(out);
            exporter.execute();
        }
        // Gephi's own PNG exporter asks for a screen, which a machine for tests has not.
        try (PDDocument pdf = PDDocument.load(new File(file + ".pdf"))) {
            ImageIO.write(new PDFRenderer(pdf).renderImageWithDPI(0, DOTS_PER_INCH), "png", new File(file + ".png"));
        }
    }
}
