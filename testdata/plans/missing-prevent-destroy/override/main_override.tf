resource "aws_kms_key" "app" {
  lifecycle {
    prevent_destroy = true
  }
}
